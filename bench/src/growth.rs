//! More data than there is: the Horizon 2020 archive several times over, as new projects and
//! organisations with the same shape.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// Writes `project.csv` and `organization.csv` with `times` copies of the archive's rows into
/// `folder`. The first copy is the data itself; in others every project and organisation has
/// another number, so that they are others, with the same names, roles, dates and amounts.
///
/// # Errors
/// When the archive cannot be read or the files cannot be written.
pub(crate) fn multiply(archive: &Path, folder: &Path, times: u32) -> io::Result<PathBuf> {
    let mut archive = ZipArchive::new(File::open(archive)?).map_err(io::Error::other)?;
    let mut projects = Numbers::new(300_000_000);
    let mut organisations = Numbers::new(100_000_000);
    let folder = folder.join(format!("h2020-x{times}"));
    std::fs::create_dir_all(&folder)?;
    for name in ["project.csv", "organization.csv"] {
        let table = Table::read(&mut archive, name)?;
        table.write(&folder.join(name), times, &mut projects, &mut organisations)?;
    }
    Ok(folder)
}

/// New numbers for those of the archive, the same for the same number in the same copy.
struct Numbers {
    first: u32,
    seen: HashMap<String, u32>,
}

/// Room for each copy's numbers.
const COPY: u32 = 1_000_000;

impl Numbers {
    fn new(first: u32) -> Self {
        Self { first, seen: HashMap::new() }
    }

    fn of(&mut self, number: &str, copy: u32) -> String {
        if copy == 0 || number.is_empty() {
            return number.to_owned();
        }
        let next = u32::try_from(self.seen.len()).unwrap_or(u32::MAX);
        let index = *self.seen.entry(number.to_owned()).or_insert(next);
        (self.first + copy * COPY + index).to_string()
    }
}

struct Table {
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    fn read(archive: &mut ZipArchive<File>, name: &str) -> io::Result<Self> {
        let file = archive.by_name(name).map_err(io::Error::other)?;
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(file);
        let header = reader.headers()?.clone();
        let rows = reader.records().collect::<Result<_, _>>()?;
        Ok(Self { header, rows })
    }

    fn write(
        &self,
        path: &Path,
        times: u32,
        projects: &mut Numbers,
        organisations: &mut Numbers,
    ) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_path(path)?;
        writer.write_record(&self.header)?;
        for copy in 0..times {
            for row in &self.rows {
                let fields = self.header.iter().zip(row).map(|(name, value)| match name {
                    "id" | "projectID" => projects.of(value, copy),
                    "organisationID" => organisations.of(value, copy),
                    // They identify too, and a copy is another record.
                    "rcn" | "grantDoi" | "vatNumber" if copy > 0 => String::new(),
                    _ => value.to_owned(),
                });
                writer.write_record(fields)?;
            }
        }
        writer.flush()
    }
}
