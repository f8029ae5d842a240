//! Killed at any moment (SIGKILL): what was acknowledged is there, nothing is partial.

mod importing;
mod postgres_killed;
mod synced;
mod writers;

use consortia_tests::integrity::assert_sound;
use consortia_tests::people::administrator;
use consortia_tests::samples::{ORGANISATIONS, id};
use consortia_tests::{Client, Engine, Place, Server, on_each_engine};
use importing::{
    Importing, ORGANISATIONS_MADE, PARTS, PROJECTS_MADE, in_background, utf8, write_cordis,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Instant;
use writers::{Acknowledged, Found, PARTICIPATIONS, assert_kept, everything, pause, write_until};

/// How often the server is killed under writers, and an import by itself.
const KILLS: u32 = 50;
const IMPORT_KILLS: u32 = 20;
/// At how many of the kills an import of the server itself has to be at work, of which there is
/// one every second time, and at how many one beside it: it may come in just before.
const INSIDE: u32 = KILLS / 2 - 3;
const BESIDE: u32 = KILLS - 15;

/// At how many kills an import was at work.
#[derive(Debug, Default)]
struct AtWork {
    /// One inside the server.
    inside: u32,
    /// One beside it.
    beside: u32,
}

/// Whether the server was cut off in the middle of the import that is to be watched at `own`.
fn was_cut_off(server: &Server, admin: &Client, own: &str) -> bool {
    let import = admin.at(server.base()).get(own).expect(200).json();
    let cut_off = match server.engine() {
        Engine::Sqlite => import["status"] == "interrupted",
        // Another server of the same database might be at it.
        Engine::Postgres => import["status"] == "running" && import["progress"].is_null(),
    };
    assert!(cut_off || import["status"] == "completed", "{import}");
    cut_off
}

/// Kills the server again and again under writers and imports, every second time in the middle
/// of an import of its own.
fn kill_at_work(server: &mut Server, importing: &mut Importing) -> (Acknowledged, AtWork) {
    let mut acknowledged = Acknowledged::new();
    let mut at_work = AtWork::default();
    let mut own = None;
    let admin = administrator(server).unrecorded();
    server.kill();
    for round in 0..KILLS {
        server.restart();
        let cut_off = own.is_some_and(|own: String| was_cut_off(server, &admin, &own));
        at_work.inside += u32::from(cut_off);
        own = None;
        let (client, admin) = (server.unrecorded(), admin.at(server.base()));
        let kill = || {
            own = (round % 2 == 0).then(|| importing::inside(&admin, KILLS + round));
            importing.go_on();
            pause(round);
            server.kill();
            at_work.beside += u32::from(importing.runs());
        };
        acknowledged.extend(write_until(kill, &client, round, |_| false));
        if round % 10 == 9 {
            importing.kill();
        }
    }
    (acknowledged, at_work)
}

#[test]
fn acknowledged_writes_survive_fifty_kills_during_imports() {
    on_each_engine(|engine| {
        let mut server = Server::start(Place::fresh(engine));
        let mut importing = Importing::begin(server.place());
        let (acknowledged, at_work) = kill_at_work(&mut server, &mut importing);
        let completed = importing.completed;
        println!(
            "{engine:?}: of {KILLS} kills {at_work:?} an import, and {completed} beside came in \
             to their end"
        );
        assert!(at_work.inside >= INSIDE, "{engine:?}: {at_work:?}");
        assert!(at_work.beside >= BESIDE, "{engine:?}: {at_work:?}");
        assert_sound(server.place());
        server.restart();
        let found = everything(&server.unrecorded());
        assert_kept(&acknowledged, &found, KILLS);
        println!(
            "{engine:?}: after the last kill {:?} were imported",
            importing::assert_whole(&found)
        );
        server.kill();
        let folder = write_cordis(server.place().folder(), u32::MAX);
        server.place().run(&["import", "cordis", utf8(&folder)]);
        assert_sound(server.place());
        server.restart();
        let client = server.unrecorded();
        let found = everything(&client);
        assert_kept(&acknowledged, &found, KILLS);
        let whole = [PROJECTS_MADE, ORGANISATIONS_MADE, PROJECTS_MADE * PARTS];
        assert_eq!(importing::assert_whole(&found), whole, "{engine:?}");
        let from = Instant::now();
        let compared = compare_partners(&client, &shared_projects(&found));
        println!("{engine:?}: partners of {compared} organisations took {:?}", from.elapsed());
    });
}

/// Asks for the partners of every organisation; they must be those `expected`.
fn compare_partners(client: &Client, expected: &BTreeMap<String, BTreeMap<String, u64>>) -> usize {
    for (organisation, expected) in expected {
        let at = format!(
            "{ORGANISATIONS}/{organisation}/partners?limit=1000&fields=organisation,shared_projects"
        );
        let partners = client.get(&at).expect(200).data();
        let shared = |it: &Value| {
            let count = it["shared_projects"].as_u64().expect("a count");
            (id(&it["organisation"]).to_owned(), count)
        };
        let partners: BTreeMap<String, u64> = partners.iter().map(shared).collect();
        assert_eq!(partners, *expected, "partners of {organisation}");
    }
    expected.len()
}

/// Who shares how many projects with whom, as the participations say.
fn shared_projects(found: &Found) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, row) in found.iter().filter(|(path, _)| path.starts_with(PARTICIPATIONS)) {
        members.entry(id(&row["project"])).or_default().insert(id(&row["organisation"]));
    }
    let organisations = found.iter().filter(|(path, _)| path.starts_with(ORGANISATIONS));
    let mut shared: BTreeMap<String, BTreeMap<String, u64>> =
        organisations.map(|(_, record)| (id(record).to_owned(), BTreeMap::new())).collect();
    for group in members.values() {
        for (a, b) in group.iter().flat_map(|a| group.iter().map(move |b| (a, b))) {
            let partners = shared.entry((*a).to_owned()).or_default();
            if a != b {
                *partners.entry((*b).to_owned()).or_default() += 1;
            }
        }
    }
    shared
}

#[test]
fn an_import_killed_twenty_times_completes() {
    on_each_engine(|engine| {
        let place = Place::fresh(engine);
        let folder = write_cordis(place.folder(), 0);
        let arguments = ["import", "cordis", utf8(&folder)];
        let whole = {
            let other = Place::fresh(engine);
            // Not to measure how long the program takes to be built.
            other.run(&["migrate"]);
            let from = Instant::now();
            other.run(&arguments);
            from.elapsed()
        };
        for kill in 0..IMPORT_KILLS {
            let mut import = in_background(&place, &folder);
            // From the first moments to just before the end of an undisturbed run.
            thread::sleep(whole * (kill + 1) / (IMPORT_KILLS + 1));
            import.kill().expect("the import is killed");
            import.wait().expect("the import is gone");
        }
        assert_sound(&place);
        place.run(&arguments);
        let server = Server::start(place);
        let client = server.unrecorded();
        let whole = [PROJECTS_MADE, ORGANISATIONS_MADE, PROJECTS_MADE * PARTS];
        let found = everything(&client);
        assert_eq!(importing::assert_whole(&found), whole, "{engine:?}");
        for project in client.walk("/api/v1/projects?include=participations&limit=100") {
            let parts = project["participations"].as_array().expect("participations");
            assert_eq!(parts.len(), PARTS, "{engine:?} {project}");
            assert_eq!(project["version"], 1, "{engine:?}: written more than once: {project}");
        }
    });
}
