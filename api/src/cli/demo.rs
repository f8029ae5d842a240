//! `consortia demo`: real data, served, with things to try.

use super::import::{bundle, table, watched};
use super::serve;
use crate::config::Config;
use crate::import::Files;
use crate::server::{Place, open_database, prepare};
use anyhow::Context as _;
use consortia_db::{Db, organisation, project};
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

/// The founding catalogue, a bundle in parts: what five documents of the field say.
const CATALOGUE: [&str; 5] = [
    include_str!("../../../data/founding-catalogue/1-ismu-projects.ndjson"),
    include_str!("../../../data/founding-catalogue/2-ismu-in-h2020.ndjson"),
    include_str!("../../../data/founding-catalogue/3-mse-and-ismu.ndjson"),
    include_str!("../../../data/founding-catalogue/4-programma-integra.ndjson"),
    include_str!("../../../data/founding-catalogue/5-integration-portal.ndjson"),
];
/// The file it is read from; reports and the history name it by that.
const CATALOGUE_NAME: &str = "founding-catalogue.ndjson";

/// Whom every answer names, and of what day the data is.
const ATTRIBUTION: &str = "CORDIS, European Commission / Publications Office of the European \
                           Union; Horizon 2020 as of 2020-12-14; founding catalogue of \
                           Consortia as of 2026-11-20";
/// Under which licence all of it is.
const LICENCE: &str = "CC-BY-4.0";

/// Imports the data when it is not there yet, then serves.
pub(super) fn run(mut config: Config) -> anyhow::Result<()> {
    ATTRIBUTION.clone_into(&mut config.data_attribution);
    LICENCE.clone_into(&mut config.data_licence);
    let place = Place::take(&config)?;
    let db = open_database(&config)?;
    prepare(&db)?;
    let marker = Marker(config.data_dir.join("demo"));
    let noted = marker.read(&db);
    if noted.is_none() {
        refuse_others_data(&db)?;
    }
    if ![Some(CORDIS), Some(DONE)].contains(&noted) {
        fill(&db, &config.data_dir, &marker)?;
    }
    if noted != Some(DONE) {
        add_catalogue(&db, &config.data_dir, &marker)?;
    }
    drop(db);
    serve::run_at(place, config, invite)
}

const STARTED: &str = "started";
/// Horizon 2020 is there; what was noted at the end before there was a catalogue.
const CORDIS: &str = "done";
const DONE: &str = "complete";

/// A file that notes how far the demo's imports into a database have come.
struct Marker(PathBuf);

impl Marker {
    /// What is noted for `db`.
    fn read(&self, db: &Db) -> Option<&'static str> {
        let noted = std::fs::read_to_string(&self.0).ok()?;
        let (state, name) = noted.trim().split_once(' ')?;
        [STARTED, CORDIS, DONE].into_iter().find(|known| *known == state && name == db.name())
    }

    fn write(&self, db: &Db, state: &str) -> anyhow::Result<()> {
        std::fs::write(&self.0, format!("{state} {}\n", db.name()))
            .with_context(|| format!("cannot write {}", self.0.display()))
    }
}

/// Refuses to mix the demo's data into a registry somebody else filled.
fn refuse_others_data(db: &Db) -> anyhow::Result<()> {
    let projects = ListRequest { limit: 1, ..ListRequest::default() };
    let organisations = ListRequest { limit: 1, ..ListRequest::default() };
    let [projects, organisations] = db.read_blocking(|c| {
        Ok([project::list(c, &projects)?.total, organisation::list(c, &organisations)?.total])
    })?;
    anyhow::ensure!(
        projects == 0 && organisations == 0,
        "{} holds records that are not the demo's (projects: {projects}, organisations: \
         {organisations}). Serve them with `consortia serve`, or give the demo a place of its own: consortia demo \
         --data-dir ./demo-data",
        db.name()
    );
    Ok(())
}

/// Imports Horizon 2020.
fn fill(db: &Db, data_dir: &Path, marker: &Marker) -> anyhow::Result<()> {
    eprintln!("Importing Horizon 2020 (31,451 projects) into {} …", db.name());
    marker.write(db, STARTED)?;
    import(db, data_dir, NAME, DATA, |path| Ok(Files::Cordis(Sources::find(&[path])?)))?;
    marker.write(db, CORDIS)
}

/// Imports the founding catalogue, over Horizon 2020: some of its records are there already.
fn add_catalogue(db: &Db, data_dir: &Path, marker: &Marker) -> anyhow::Result<()> {
    eprintln!("Importing the founding catalogue …");
    let text = CATALOGUE.concat();
    import(db, data_dir, CATALOGUE_NAME, text.as_bytes(), |path| bundle(&path))?;
    marker.write(db, DONE)
}

/// Puts `data` where it can be read as any other file, and imports it.
fn import(
    db: &Db,
    data_dir: &Path,
    name: &str,
    data: &[u8],
    open: impl FnOnce(PathBuf) -> anyhow::Result<Files>,
) -> anyhow::Result<()> {
    let folder = data_dir.join(format!("demo-{}", std::process::id()));
    let path = folder.join(name);
    let unpacked = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, data))
        .with_context(|| format!("cannot write {}", path.display()));
    let done = unpacked.and_then(|()| watched(db, open(path)?, None, false));
    let removed = std::fs::remove_dir_all(&folder);
    super::print(&table(&done?));
    removed.with_context(|| format!("cannot remove {}", folder.display()))
}

/// The study of the Valle del Tevere, whose money comes through a chain. Made of its handle in
/// the catalogue, so the same everywhere.
const STUDY: &str = "65759972-c627-5723-b9f7-354f18fcd614";

/// Says what to try.
fn invite(address: SocketAddr) {
    let base = format!("http://{address}");
    super::print(&format!(
        "
Read:   {base}/docs/
Data:   CORDIS, European Commission / Publications Office of the European Union, CC BY 4.0,
        Horizon 2020 as of 2020-12-14
        Founding catalogue of Consortia: five documents of the field, seen on 2026-11-20

Try:
  curl '{base}/api/v1/organisations?q=ismu'
  curl '{base}/api/v1/organisations/pic:968823876/partners'
  curl '{base}/api/v1/organisations/pic:968823876/profile'
  curl '{base}/api/v1/organisations/pic:968823876/network?format=svg' > partners-of-ismu.svg
  curl '{base}/api/v1/projects/cordis:101004635?include=participations'
  curl '{base}/api/v1/projects?country=IT&country=FR&start_date_from=2019&sort=-total_cost&limit=5'
  curl '{base}/api/v1/organisations/pic:968823876/projects?format=csv'
  curl '{base}/api/v1/organisations/pic:968823876?include=sources'
  curl '{base}/api/v1/projects?programme=KA2&funding_year=2019'
  curl '{base}/api/v1/projects/{STUDY}/funding'

Stop with Ctrl-C.
"
    ));
}
