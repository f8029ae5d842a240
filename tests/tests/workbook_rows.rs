//! Rows of workbooks: which record a row is about, and what a changed cell means while others
//! change the registry.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, id, organisation, organisation_with_pic, path, project,
};
use consortia_tests::{Place, Server, on_both_engines};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The registry's tables, as csv files in a folder called `name`.
fn exported(api: &Server, name: &str) -> PathBuf {
    let folder = api.place().folder().join(name);
    api.place().run(&["export", "workbook", folder.to_str().expect("UTF-8")]);
    folder
}

/// Writes one text of a table anew.
fn edit(folder: &Path, table: &str, from: &str, to: &str) {
    let file = folder.join(table);
    let text = fs::read_to_string(&file).expect("a table");
    assert!(text.contains(from), "{table} lacks {from}:\n{text}");
    fs::write(&file, text.replacen(from, to, 1)).expect("a table");
}

fn import(api: &Server, folder: &Path) -> String {
    api.place().run(&["import", "workbook", folder.to_str().expect("UTF-8")])
}

fn tables<const N: usize>(api: &Server, name: &str, tables: [(&str, &str); N]) -> PathBuf {
    let folder = api.place().folder().join(name);
    fs::create_dir_all(&folder).expect("a folder");
    for (table, text) in tables {
        fs::write(folder.join(table), text).expect("a table");
    }
    folder
}

#[test]
fn a_seat_is_the_same_however_its_role_is_spelled() {
    on_both_engines(|api| {
        let own = tables(
            api,
            "own",
            [
                ("organisations.csv", "id,legal_name\n#a,ACME\n"),
                ("projects.csv", "id,acronym\n#p,P\n"),
                ("participations.csv", "project,organisation,role\n#p,#a,Third Party\n"),
            ],
        );
        import(api, &own);
        let again = import(api, &own);
        assert!(again.contains("Nothing changed"), "{again}");
        assert_eq!(api.get("/api/v1/participations").total(), 1);
    });
}

#[test]
fn a_reference_nobody_touched_stays_where_it_led() {
    on_both_engines(|api| {
        let first = api.create(ORGANISATIONS, &organisation_with_pic("X", "IT", "968823876"));
        let second = api.create(ORGANISATIONS, &organisation("Y", "IT"));
        let spring = api.create(PROJECTS, &project("SPRING", "2020/2022"));
        let seats = format!("{}/participations", path(PROJECTS, &spring));
        let seat = json!({"organisation_id": first["id"], "role": "participant"});
        let seat = api.create(&seats, &seat);
        let folder = exported(api, "tables");
        // The PIC by which the row names the first is the second's meanwhile.
        for (record, ids) in
            [(&first, json!([])), (&second, json!([{"scheme": "pic", "value": "968823876"}]))]
        {
            let at = path(ORGANISATIONS, record);
            let etag = api.get(&at).etag().to_owned();
            api.client().patch(&at, &etag, &json!({"external_ids": ids})).expect(200);
        }
        edit(&folder, "participations.csv", "participant", "coordinator");
        fs::remove_file(folder.join("organisations.csv")).expect("a table");
        let told = import(api, &folder);
        let now = api.get(&path("/api/v1/participations", &seat)).expect(200).json();
        assert_eq!(now["organisation_id"], first["id"], "{told}");
        assert_eq!(now["role"], "coordinator");
    });
}

#[test]
fn names_with_brackets_lead_to_their_own_record() {
    on_both_engines(|api| {
        let call =
            |identifier: &str| api.create("/api/v1/calls", &json!({"identifier": identifier}));
        let (wanted, _) = (call("CALL-A [2]"), call("2"));
        let mut body = project("P1", "2020/2022");
        body["fundings"] = json!([{"call_id": wanted["id"], "kind": "grant"}]);
        body["external_ids"] = json!([{"scheme": "local", "value": "a[b]"}]);
        let made = api.create(PROJECTS, &body);
        let folder = exported(api, "tables");
        edit(&folder, "projects.csv", "P1", "P1x");
        let told = import(api, &folder);
        assert!(told.contains(" 0 rejected"), "{told}");
        let now = api.get(&path(PROJECTS, &made)).json();
        assert_eq!(now["acronym"], "P1x");
        assert_eq!(now["fundings"][0]["call_id"], wanted["id"]);
    });
}

#[test]
fn an_identifier_that_finds_a_record_takes_none_from_it() {
    on_both_engines(|api| {
        let mut body = organisation_with_pic("Fondazione ISMU", "IT", "968823876");
        let more = json!({"scheme": "ror", "value": "00k4n6c32"});
        body["external_ids"].as_array_mut().expect("a list").push(more);
        let ismu = api.create(ORGANISATIONS, &body);
        let text = "legal_name,city,identifiers\nISMU,Milano,pic:968823876\n";
        import(api, &tables(api, "own", [("organisations.csv", text)]));
        let now = api.get(&path(ORGANISATIONS, &ismu)).json();
        assert_eq!(now["place"]["city"], "Milano");
        assert_eq!(now["external_ids"], ismu["external_ids"]);
    });
}

#[test]
fn cells_filled_down_onto_another_record_are_refused() {
    on_both_engines(|api| {
        let made = ["A", "B"].map(|name| api.create(ORGANISATIONS, &organisation(name, "IT")));
        let folder = exported(api, "tables");
        let file = folder.join("organisations.csv");
        let text = fs::read_to_string(&file).expect("a table");
        let row = |of: &Value| text.lines().find(|line| line.contains(id(of))).expect("a row");
        let filled = row(&made[0]).replace(id(&made[0]), id(&made[1]));
        fs::write(&file, text.replace(row(&made[1]), &filled)).expect("a table");
        let told =
            api.place().run_in_part(&["import", "workbook", folder.to_str().expect("UTF-8")]);
        assert!(told.contains(" 1 rejected"), "{told}");
        assert_eq!(api.get(&path(ORGANISATIONS, &made[1])).json()["version"], 1);
    });
}

#[test]
fn a_dry_run_tells_what_would_change() {
    on_both_engines(|api| {
        let spring = api.create(PROJECTS, &project("SPRING", "2020/2022"));
        let folder = exported(api, "tables");
        edit(&folder, "projects.csv", "2022", "2023-06");
        let report = api.place().folder().join("report.csv");
        let (folder, report) = (folder.to_str().expect("UTF-8"), report.to_str().expect("UTF-8"));
        let dry = ["import", "workbook", "--dry-run", folder, "--report", report];
        let told = api.place().run(&dry);
        assert!(told.contains(" 0 rejected, 0 notices"), "{told}");
        let row = "tables/projects.csv,2,end,2023-06,change,It was: 2022";
        let found = fs::read_to_string(report).expect("a report");
        let words = |row: &str| row.split(',').map(ToOwned::to_owned).collect::<Vec<_>>();
        let mut expected = words(row);
        let mut told: Vec<String> = words(found.lines().nth(1).expect("a row"));
        expected.sort();
        told.sort();
        assert_eq!(told, expected, "{found}");
        assert_eq!(found.lines().count(), 2);
        let own = tables(api, "own", [("projects.csv", "id,acronym\n#new,NEW\n")]);
        let own = own.to_str().expect("UTF-8");
        let told = api.place().command(&["import", "workbook", "--dry-run", own]).output();
        let told = String::from_utf8_lossy(&told.expect("it runs").stderr).into_owned();
        let row = "change own/projects.csv line 2: NEW – The project would be created.";
        assert!(told.contains(row), "{told}");

        let line = json!({"entity": "project", "id": spring["id"], "period": {"end": "2024"}});
        let bundle = api.place().folder().join("bundle.ndjson");
        fs::write(&bundle, format!("{line}\n")).expect("a bundle");
        let bundle = bundle.to_str().expect("UTF-8");
        api.place().run(&["import", "bundle", "--dry-run", bundle, "--report", report]);
        let found = fs::read_to_string(report).expect("a report");
        assert!(found.contains("/period/end") && found.contains("It was: 2022"), "{found}");
        assert_eq!(api.get(&path(PROJECTS, &spring)).json(), spring, "nothing was kept");
    });
}

#[test]
fn a_workbook_of_another_registry_says_what_it_shows() {
    on_both_engines(|api| {
        // Built in everywhere, and changed here.
        let horizon = api.get("/api/v1/programmes?code=H2020").data()[0].clone();
        let at = path("/api/v1/programmes", &horizon);
        let budget = json!({"budget": {"amount": 80_000_000_000_u64, "currency": "EUR"}});
        let there = Server::start(Place::empty(api.engine()));
        api.client().patch(&at, api.get(&at).etag(), &budget).expect(200);
        let folder = exported(api, "tables");
        there.place().run(&["import", "workbook", folder.to_str().expect("UTF-8")]);
        assert_eq!(there.get(&at).json()["budget"], api.get(&at).json()["budget"]);
        // Here the same rows say nothing: nobody touched them.
        let told = import(api, &folder);
        assert!(told.contains("Nothing changed"), "{told}");
    });
}

#[test]
fn fundings_are_filled_in_from_the_first_on() {
    on_both_engines(|api| {
        let mut body = project("P", "2020/2022");
        body["fundings"] = json!([
            {"kind": "unspecified"}, {"kind": "grant", "title": "two"}, {"kind": "unspecified"}
        ]);
        let made = api.create(PROJECTS, &body);
        let folder = exported(api, "tables");
        edit(&folder, "projects.csv", ",two,", ",zwei,");
        import(api, &folder);
        let now = api.get(&path(PROJECTS, &made)).json();
        assert_eq!(now["fundings"].as_array().map(Vec::len), Some(3));
        assert_eq!(now["fundings"][1]["title"], "zwei");

        let text = format!("id,funding_amount_5\n{},5\n", id(&made));
        let own = tables(api, "own", [("projects.csv", &text)]);
        let told = api.place().run_in_part(&["import", "workbook", own.to_str().expect("UTF-8")]);
        assert!(told.contains(" 1 rejected"), "{told}");
        assert_eq!(api.get(&path(PROJECTS, &made)).json(), now);
    });
}
