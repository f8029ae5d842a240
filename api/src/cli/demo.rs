//! `consortia demo`: real data, served, with things to try.

use super::import::{table, watched};
use super::serve;
use crate::config::Config;
use crate::import::Files;
use crate::server::{Place, open_database, prepare};
use anyhow::Context as _;
use consortia_db::{Db, project};
use consortia_domain::page::ListRequest;
use consortia_ingest::source::Sources;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Every project and participation of Horizon 2020 as of 2020-12-14. Source: CORDIS, European
/// Commission / Publications Office of the European Union, CC BY 4.0. Inside the program, so
/// that the program alone is enough.
const DATA: &[u8] = include_bytes!("../../../data/cordis-h2020-2020-12.zip");
/// The name the data is known by in reports.
const NAME: &str = "cordis-h2020-2020-12.zip";

/// Whom every answer names, and of what day the data is.
const ATTRIBUTION: &str = "CORDIS, European Commission / Publications Office of the European \
                           Union; Horizon 2020 as of 2020-12-14";

/// Imports the data when it is not there yet, then serves.
pub(super) fn run(mut config: Config) -> anyhow::Result<()> {
    ATTRIBUTION.clone_into(&mut config.data_attribution);
    let place = Place::take(&config)?;
    let db = open_database(&config)?;
    prepare(&db)?;
    let marker = Marker(config.data_dir.join("demo"));
    match marker.read(&db) {
        Some(DONE) => {}
        Some(_) => fill(&db, &config.data_dir, &marker)?,
        None => {
            refuse_others_data(&db)?;
            fill(&db, &config.data_dir, &marker)?;
        }
    }
    drop(db);
    serve::run_at(place, config, invite)
}

const STARTED: &str = "started";
const DONE: &str = "done";

/// A file that notes how far the demo's import into a database has come.
struct Marker(PathBuf);

impl Marker {
    /// What is noted for `db`.
    fn read(&self, db: &Db) -> Option<&'static str> {
        let noted = std::fs::read_to_string(&self.0).ok()?;
        let (state, name) = noted.trim().split_once(' ')?;
        [STARTED, DONE].into_iter().find(|known| *known == state && name == db.name())
    }

    fn write(&self, db: &Db, state: &str) -> anyhow::Result<()> {
        std::fs::write(&self.0, format!("{state} {}\n", db.name()))
            .with_context(|| format!("cannot write {}", self.0.display()))
    }
}

/// Refuses to mix the demo's data into a registry somebody else filled.
fn refuse_others_data(db: &Db) -> anyhow::Result<()> {
    let one = ListRequest { limit: 1, ..ListRequest::default() };
    let projects = db.read_blocking(|c| project::list(c, &one))?.total;
    anyhow::ensure!(
        projects == 0,
        "{} holds {projects} projects that are not the demo's. Serve them with `consortia serve`, \
         or give the demo a place of its own: consortia demo --data-dir ./demo-data",
        db.name()
    );
    Ok(())
}

fn fill(db: &Db, data_dir: &Path, marker: &Marker) -> anyhow::Result<()> {
    eprintln!("Importing Horizon 2020 (31,451 projects) into {} …", db.name());
    marker.write(db, STARTED)?;
    import(db, data_dir)?;
    marker.write(db, DONE)
}

fn import(db: &Db, data_dir: &Path) -> anyhow::Result<()> {
    let folder = data_dir.join(format!("demo-{}", std::process::id()));
    let done = unpack(&folder).and_then(|path| {
        let sources = Sources::find(&[path])?;
        watched(db, Files::Cordis(sources), None, false)
    });
    let removed = std::fs::remove_dir_all(&folder);
    super::print(&table(&done?));
    removed.with_context(|| format!("cannot remove {}", folder.display()))
}

/// Puts the data where it can be read as any other file.
fn unpack(folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join(NAME);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, DATA))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Says what to try.
fn invite(address: SocketAddr) {
    let base = format!("http://{address}");
    super::print(&format!(
        "
Read:   {base}/docs/
Data:   CORDIS, European Commission / Publications Office of the European Union, CC BY 4.0,
        Horizon 2020 as of 2020-12-14

Try:
  curl '{base}/api/v1/organisations?q=ismu'
  curl '{base}/api/v1/organisations/pic:968823876/partners'
  curl '{base}/api/v1/organisations/pic:968823876/profile'
  curl '{base}/api/v1/organisations/pic:968823876/network?format=svg' > partners-of-ismu.svg
  curl '{base}/api/v1/projects/cordis:101004635?include=participations'
  curl '{base}/api/v1/projects?country=IT&country=FR&start_date_from=2019&sort=-total_cost&limit=5'
  curl '{base}/api/v1/organisations/pic:968823876/projects?format=csv'

Stop with Ctrl-C.
"
    ));
}
