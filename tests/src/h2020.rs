//! Databases with the whole Horizon 2020 data, imported once per engine and test run; with the
//! founding catalogue on top, as the demo has it, or without.

use crate::place::{Engine, Place};
use crate::program;
use crate::server::Server;
use consortia_test_postgres::{Cluster, Template};
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Projects in the data.
pub const PROJECTS: u64 = 31_451;
/// Organisations in the data.
pub const ORGANISATIONS: u64 = 35_871;
/// Participations in the data.
pub const PARTICIPATIONS: u64 = 144_727;

/// Whom the demo names, as `data_attribution` takes it.
pub const ATTRIBUTION: &str = "CORDIS, European Commission / Publications Office of the European \
                               Union; Horizon 2020 as of 2020-12-14; founding catalogue of \
                               Consortia as of 2026-11-20";
/// Under which licence, as `data_licence` takes it.
pub const LICENCE: &str = "CC-BY-4.0";

/// The archive as published with the project.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn archive() -> PathBuf {
    let path = program::repository().join("data/cordis-h2020-2020-12.zip");
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

/// The parts of the founding catalogue as one bundle, in the folder of `place`.
///
/// # Panics
/// When a part cannot be read, or the bundle cannot be written.
#[must_use]
pub fn catalogue(place: &Place) -> PathBuf {
    let folder = program::repository().join("data/founding-catalogue");
    let files = fs::read_dir(&folder).expect("the catalogue").map(|file| file.expect("one").path());
    let mut parts: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|of| of == "ndjson")).collect();
    parts.sort();
    assert_eq!(parts.len(), 5, "a part for each document: {parts:?}");
    let read = |part: &PathBuf| fs::read_to_string(part).expect("a part");
    let bundle = place.folder().join("founding-catalogue.ndjson");
    fs::write(&bundle, parts.iter().map(read).collect::<String>()).expect("the bundle");
    bundle
}

/// What the import printed; the database it filled is a template for [`copy`].
#[derive(Debug)]
enum Imported {
    Sqlite(Place),
    Postgres(&'static Template),
}

fn imported(engine: Engine) -> &'static Imported {
    static SQLITE: OnceLock<Imported> = OnceLock::new();
    static POSTGRES: OnceLock<Imported> = OnceLock::new();
    let archive = archive();
    let archive = archive.to_str().expect("a path in UTF-8");
    match engine {
        Engine::Sqlite => SQLITE.get_or_init(|| {
            let place = Place::fresh(engine);
            place.run(&["import", "cordis", archive]);
            Imported::Sqlite(place)
        }),
        Engine::Postgres => POSTGRES.get_or_init(|| {
            let cluster = Cluster::shared();
            Imported::Postgres(cluster.template("h2020", |url| {
                let place = Place::at(url);
                place.run(&["import", "cordis", archive]);
            }))
        }),
    }
}

/// A copy of the imported database that the caller may write to.
#[must_use]
pub fn copy(engine: Engine) -> Place {
    match imported(engine) {
        Imported::Sqlite(place) => Place::copy_of_file(place.folder()),
        Imported::Postgres(template) => Place::copy_of(template),
    }
}

/// A server on the imported data that all tests of this process share; only read from it.
#[must_use]
pub fn shared(engine: Engine) -> &'static Server {
    static SQLITE: OnceLock<Server> = OnceLock::new();
    static POSTGRES: OnceLock<Server> = OnceLock::new();
    let server = match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    };
    server.get_or_init(|| Server::start(copy(engine)))
}

/// The same with the founding catalogue, as `consortia demo` serves it; only read from it.
///
/// # Panics
/// When a line of the catalogue is rejected.
#[must_use]
pub fn shared_with_catalogue(engine: Engine) -> &'static Server {
    static SQLITE: OnceLock<Server> = OnceLock::new();
    static POSTGRES: OnceLock<Server> = OnceLock::new();
    let server = match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    };
    server.get_or_init(|| {
        let place = copy(engine);
        let bundle = catalogue(&place);
        let told = place.run(&["import", "bundle", bundle.to_str().expect("UTF-8")]);
        assert!(told.contains(" 0 rejected"), "{told}");
        let named =
            [("CONSORTIA_DATA_ATTRIBUTION", ATTRIBUTION), ("CONSORTIA_DATA_LICENCE", LICENCE)];
        Server::start_with(place, &named)
    })
}
