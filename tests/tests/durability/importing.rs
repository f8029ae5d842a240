//! Imports that are killed: beside a server, and inside one.

use super::writers::{Found, PARTICIPATIONS};
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, id, money};
use consortia_tests::{Client, Engine, Place};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(super) const PROJECTS_MADE: usize = 200;
pub(super) const PARTS: usize = 4;
pub(super) const ORGANISATIONS_MADE: usize = 300;
const FIRST_PROJECT: usize = 700_000;
const FIRST_ORGANISATION: usize = 900_000_000;

/// Imports by the command line beside the server, one edition after the other.
pub(super) struct Importing {
    place: Place,
    running: Child,
    edition: u32,
    /// How many came in to their end.
    pub(super) completed: u32,
}

impl Importing {
    /// Begins beside whatever runs at `place`.
    pub(super) fn begin(place: &Place) -> Self {
        let place = match place.engine() {
            Engine::Sqlite => Place::in_folder(place.folder()),
            Engine::Postgres => Place::at(place.url()),
        };
        let running = in_background(&place, &write_cordis(place.folder(), 0));
        Self { place, running, edition: 0, completed: 0 }
    }

    /// Whether one is at work.
    pub(super) fn runs(&mut self) -> bool {
        self.running.try_wait().expect("the import can be waited for").is_none()
    }

    /// Begins the next edition if the one before has ended.
    pub(super) fn go_on(&mut self) {
        let Some(status) = self.running.try_wait().expect("the import can be waited for") else {
            return;
        };
        let killed = status.signal().is_some();
        assert!(killed || status.success(), "the import failed beside a server: {status}");
        self.completed += u32::from(!killed);
        self.edition += 1;
        let folder = write_cordis(self.place.folder(), self.edition);
        self.running = in_background(&self.place, &folder);
    }

    pub(super) fn kill(&mut self) {
        self.running.kill().expect("the import is killed");
        self.running.wait().expect("the import is gone");
    }
}

/// An import at work.
pub(super) fn in_background(place: &Place, folder: &Path) -> Child {
    let mut import = place.command(&["import", "cordis", utf8(folder)]);
    import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("consortia starts")
}

/// Has the server import an edition; gives where to watch it.
pub(super) fn inside(admin: &Client, edition: u32) -> String {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, table) in tables(edition) {
        archive.start_file(name, SimpleFileOptions::default()).expect("a table of the archive");
        archive.write_all(table.as_bytes()).expect("its rows");
    }
    let archive = archive.finish().expect("an archive").into_inner();
    let sent = admin.request("POST", "/api/v1/imports").body("application/zip", archive);
    sent.send().expect(202).header("location").to_owned()
}

pub(super) fn utf8(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A CORDIS folder with an edition.
pub(super) fn write_cordis(folder: &Path, edition: u32) -> PathBuf {
    let folder = folder.join("cordis");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, table) in tables(edition) {
        fs::write(folder.join(name), table).expect("a table");
    }
    folder
}

/// The tables of two hundred projects, all of which say something new each `edition`.
fn tables(edition: u32) -> [(&'static str, String); 2] {
    let mut projects =
        "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution\n".to_owned();
    let mut parts =
        "projectID;organisationID;name;activityType;country;order;role;ecContribution\n".to_owned();
    for n in 0..PROJECTS_MADE {
        let number = FIRST_PROJECT + n;
        let _ = writeln!(
            projects,
            "{number};P{n};SIGNED;Title {n} of {edition};2015-01-01;2018-12-31;{n}.50;{n}.25"
        );
        for part in 0..PARTS {
            let organisation = member(n, part);
            let role = if part == 0 { "coordinator" } else { "participant" };
            let _ = writeln!(
                parts,
                "{number};{};Organisation {organisation};HES;IT;{};{role};{part}00.10",
                FIRST_ORGANISATION + organisation,
                part + 1
            );
        }
    }
    [("project.csv", projects), ("organization.csv", parts)]
}

/// Which organisation has a part in a project.
fn member(project: usize, part: usize) -> usize {
    (project * 7 + part * 31) % ORGANISATIONS_MADE
}

/// The number behind `first` in the external id that an import gave a record.
fn imported(record: &Value, scheme: &str, first: usize) -> Option<usize> {
    let ids = record["external_ids"].as_array()?;
    let own = ids.iter().find(|id| id["scheme"] == scheme)?["value"].as_str()?;
    own.parse::<usize>().ok()?.checked_sub(first)
}

/// What of an import is there: projects, organisations and participations, each record of it as
/// a whole, whether all of them are there or not.
pub(super) fn assert_whole(found: &Found) -> [usize; 3] {
    let (mut projects, mut organisations, mut seats) = (BTreeMap::new(), BTreeMap::new(), 0);
    for (path, record) in found {
        if path.starts_with(PROJECTS) {
            let Some(n) = imported(record, "cordis", FIRST_PROJECT) else { continue };
            assert_eq!(record["acronym"], format!("P{n}"), "{record}");
            let title = record["titles"]["en"].as_str().unwrap_or_default();
            let edition = title.strip_prefix(&format!("Title {n} of ")).unwrap_or_default();
            assert!(edition.parse::<u32>().is_ok(), "{record}");
            assert_eq!(record["period"]["start"], "2015-01-01", "{record}");
            assert_eq!(record["period"]["end"], "2018-12-31", "{record}");
            assert_eq!(money(&record["total_cost"]), format!("{n}.50 EUR"), "{record}");
            let funding = money(&record["fundings"][0]["amount"]);
            assert_eq!(funding, format!("{n}.25 EUR"), "{record}");
            projects.insert(id(record), n);
        } else if path.starts_with(ORGANISATIONS) {
            let Some(n) = imported(record, "pic", FIRST_ORGANISATION) else { continue };
            assert_eq!(record["label"], format!("Organisation {n}"), "{record}");
            assert_eq!(record["country"], "IT", "{record}");
            organisations.insert(id(record), n);
        }
    }
    for (_, record) in found.iter().filter(|(path, _)| path.starts_with(PARTICIPATIONS)) {
        let Some(project) = projects.get(id(&record["project"])) else { continue };
        let organisation = organisations[id(&record["organisation"])];
        let part = (0..PARTS).find(|part| member(*project, *part) == organisation);
        let part = part.unwrap_or_else(|| panic!("nobody's part: {record}"));
        let role = if part == 0 { "coordinator" } else { "participant" };
        assert_eq!(record["role"], role, "{record}");
        let paid = format!("{part}00.10 EUR").replace("000.10", "0.10");
        assert_eq!(money(&record["ec_contribution"]), paid, "{record}");
        seats += 1;
    }
    [projects.len(), organisations.len(), seats]
}
