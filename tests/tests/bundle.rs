//! Bundles: everything out, everything in, and what is refused on the way.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, organisation_with_pic, participation, path,
    project,
};
use consortia_tests::{Place, Server, on_both_engines};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

const BUNDLE: &str = "/api/v1/bundle";

fn text(lines: &[Value]) -> String {
    lines.iter().flat_map(|line| [line.to_string(), "\n".to_owned()]).collect()
}

/// The lines of a bundle, as a file beside the server's own.
fn write(api: &Server, name: &str, lines: &[Value]) -> String {
    let file = api.place().folder().join(name);
    fs::write(&file, text(lines)).expect("a file");
    file.to_str().expect("UTF-8").to_owned()
}

/// The lines that describe how SUPPORT ME stems from DIME, and who says so.
fn two_projects() -> Vec<Value> {
    vec![
        json!({"format": "consortia-bundle", "version": 1}),
        // In no order: what others refer to comes last.
        json!({"entity": "statement", "id": "#s1", "about_kind": "project", "about_id": "#dime",
               "field": "/acronym", "value": "DIME", "source_id": "#page"}),
        json!({"entity": "relation", "id": "#r1", "kind": "stems_from", "between": "projects",
               "from_id": "#support-me", "to_id": "#dime"}),
        json!({"entity": "participation", "id": "#p1", "project_id": "#support-me",
               "organisation_id": "#integra", "role": "participant"}),
        json!({"entity": "project", "id": "#support-me", "acronym": "SUPPORT ME",
               "fundings": [{"kind": "grant", "programme_id": "Erasmus+"}]}),
        json!({"entity": "project", "id": "#dime", "acronym": "DIME"}),
        json!({"entity": "organisation", "id": "#office", "parent_id": "#integra",
               "names": [{"value": "Research area", "kind": "legal"}]}),
        json!({"entity": "organisation", "id": "#integra", "country": "IT",
               "names": [{"value": "Programma integra", "kind": "legal"}]}),
        json!({"entity": "source", "id": "#page", "title": "Programma integra, projects"}),
    ]
}

fn exported(api: &Server) -> String {
    let admin = api.client().with_token(&api.token("admin"));
    let answer = admin.get(BUNDLE).expect(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    answer.text()
}

#[test]
fn what_is_exported_makes_the_same_registry_elsewhere() {
    on_both_engines(|api| {
        let file = write(api, "two.ndjson", &two_projects());
        let told = api.place().run(&["import", "bundle", &file]);
        assert!(told.contains("9 rows read"), "{told}");
        // A record that nothing describes but its identifiers, and one that was changed by hand.
        let ismu = api.create(ORGANISATIONS, &organisation_with_pic("ISMU", "IT", "968823876"));
        let spring = api.create(PROJECTS, &project("SPRING", "2021-03/2023"));
        let seats = format!("{}/participations", path(PROJECTS, &spring));
        api.create(&seats, &participation(&ismu, "coordinator"));
        let text = exported(api);
        assert!(text == exported(api), "the same registry is written the same way");
        let out = api.place().folder().join("out.ndjson");
        let out = out.to_str().expect("UTF-8");
        api.place().run(&["export", "bundle", out]);
        assert!(fs::read_to_string(out).expect("a file") == text, "the command line writes it");

        let other = Server::start(Place::empty(api.engine()));
        other.place().run(&["import", "bundle", out]);
        assert!(exported(&other) == text, "the other registry holds the same");
        for (address, label) in [
            (format!("{PROJECTS}?acronym=support%20me"), "SUPPORT ME"),
            (format!("{PROJECTS}?q=spring"), "SPRING"),
            (format!("{ORGANISATIONS}?external_id=pic:968823876"), "ISMU"),
        ] {
            assert_eq!(column(&other.get(&address).data(), "label"), [label], "{address}");
        }
        let partners = format!("{}/network", path(ORGANISATIONS, &ismu));
        other.get(&partners).expect(200);
        // Importing it again, there or here, changes nothing.
        for place in [other.place(), api.place()] {
            let told = place.run(&["import", "bundle", out]);
            assert!(told.contains("Nothing changed"), "{told}");
        }
    });
}

#[test]
fn lines_find_the_records_that_are_there_and_change_what_they_say() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation_with_pic("ISMU", "IT", "968823876"));
        let spring = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let lines = [
            // By an identifier, by a handle with an identifier, by our id.
            json!({"entity": "organisation", "id": "pic:968823876", "kind": "foundation"}),
            json!({"entity": "organisation", "id": "#ismu", "founded": "1993",
                   "external_ids": [{"scheme": "pic", "value": "968823876"}]}),
            json!({"entity": "project", "id": spring["id"], "homepage": null,
                   "keywords": ["integration"]}),
            json!({"entity": "participation", "id": "#seat", "project_id": spring["id"],
                   "organisation_id": "#ismu", "role": "coordinator"}),
            json!({"entity": "programme", "id": "#amif", "code": "AMIF", "homepage":
                   "https://home-affairs.ec.europa.eu"}),
        ];
        let file = write(api, "more.ndjson", &lines);
        let before = api.get("/api/v1/programmes").total();
        let report = api.place().folder().join("report.csv");
        let report = report.to_str().expect("UTF-8");
        let dry = api.place().run(&["import", "bundle", "--dry-run", &file, "--report", report]);
        assert!(dry.contains("Dry run: nothing was kept."), "{dry}");
        // What would change comes first, and what would change nothing is not told.
        let told = fs::read_to_string(report).expect("a report");
        let last = told.lines().last().expect("a row");
        assert_eq!(
            last,
            "change,more.ndjson,4,,ISMU in SPRING,The participation would be created."
        );
        assert_eq!(told.matches("would be created").count(), 1, "{told}");
        assert!(api.get(&path(ORGANISATIONS, &ismu)).json()["founded"].is_null());
        let told = api.place().run(&["import", "bundle", &file]);
        assert_eq!(
            dry.replace("Dry run: nothing was kept.\n", "").lines().next(),
            told.lines().next()
        );
        let now = api.get(&path(ORGANISATIONS, &ismu)).json();
        assert_eq!((&now["founded"], &now["kind"]), (&json!("1993"), &json!("foundation")));
        assert_eq!(now["names"], ismu["names"], "what a line leaves out stays");
        let seats = api.get(&format!("{}/participations", path(PROJECTS, &spring))).data();
        assert_eq!(column(&seats, "organisation_id"), [id(&ismu)]);
        assert_eq!(api.get("/api/v1/programmes").total(), before, "AMIF is known");
        // Not compared: a dry run uses up numbers of changes on PostgreSQL.
        let at = format!("{}/revisions", path(ORGANISATIONS, &ismu));
        let history = api.client().unrecorded().get(&at).data();
        assert_eq!(history[1]["actor"], "bundle:more");
    });
}

#[test]
fn every_fault_is_told_with_line_and_place_and_the_rest_is_stored() {
    on_both_engines(|api| {
        let mut lines = two_projects();
        lines.extend([
            json!({"entity": "project", "id": "#x1", "period": "2021/2020", "colour": 7}),
            json!({"entity": "participation", "id": "#x2", "project_id": "#x1",
                   "organisation_id": "#nobody"}),
            json!({"entity": "organisation", "country": "IT"}),
            json!({"entity": "organisation", "id": "pic:999999999", "country": "IT"}),
            json!({"entity": "planet", "id": "earth"}),
            json!(["organisation"]),
            json!({"entity": "project", "id": "#x3", "fundings": [{"programme_id": "Nowhere"}]}),
        ]);
        let file = write(api, "bad.ndjson", &lines);
        let mut text = fs::read_to_string(&file).expect("a file");
        text.push_str("{\"entity\": \"project\", \n\n");
        text.push_str("{\"entity\": \"project\", \"acronym\": \"A\", \"acronym\": \"B\"}\n");
        let latin = [text.as_bytes(), b"{\"entity\": \"project\", \"acronym\": \"Citt\xe0\"}\n"];
        fs::write(&file, latin.concat()).expect("a file");
        let report = api.place().folder().join("report.csv");
        let report = report.to_str().expect("UTF-8");
        let told = api.place().run_in_part(&["import", "bundle", &file, "--report", report]);
        assert!(told.contains("10 rejected"), "{told}");
        let found = fs::read_to_string(report).expect("a report");
        let places: Vec<String> = found
            .lines()
            .skip(1)
            .map(|line| line.split(',').skip(2).take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            places,
            [
                "14 /entity",
                "14 /id",
                "15 ",
                "17 ",
                "19 /acronym",
                "20 ",
                "12 /id",
                "13 /id",
                "10 /period",
                "10 /colour",
                "16 /fundings/0/programme_id",
                "11 /project_id",
                "11 /organisation_id",
            ],
            "{found}"
        );
        assert!(found.contains("not UTF-8 from byte 39 on"), "{found}");
        assert!(!found.contains("line 1 column"), "the line is told once: {found}");
        assert!(found.contains("line 10, which describes it, was rejected"), "{found}");
        assert_eq!(api.get(PROJECTS).total(), 2, "the sound lines are stored");
    });
}

#[test]
fn a_bundle_may_be_sent_by_an_administrator() {
    on_both_engines(|api| {
        api.get(BUNDLE).problem(403, "role_required");
        api.anonymous().get(BUNDLE).problem(401, "token_required");
        api.create(ORGANISATIONS, &organisation("Known", "FR"));
        let text = text(&two_projects());
        let admin = api.client().with_token(&api.token("admin")).unrecorded();
        let send = |query: &str| {
            let request = admin.request("POST", &format!("/api/v1/imports?name=two.ndjson{query}"));
            let taken = request.body("application/x-ndjson", text.clone()).send().expect(202);
            let at = taken.header("location").to_owned();
            loop {
                let import = admin.get(&at).expect(200).json();
                if import["status"] != "running" {
                    return import;
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        };
        let dry = send("&dry_run=true");
        assert_eq!(
            (&dry["status"], &dry["counts"]["projects"]["created"]),
            (&json!("completed"), &json!(2))
        );
        assert_eq!(api.get(PROJECTS).total(), 0);
        let rows = dry["rejects"].as_array().expect("what would change");
        let dime = rows.iter().find(|row| row["value"] == "DIME").expect("a project");
        assert_eq!(
            (&dime["severity"], &dime["reason"]),
            (&json!("change"), &json!("The project would be created."))
        );
        let done = send("");
        assert_eq!(done["counts"]["statements"]["created"], 1, "{done}");
        let made = api.get(&format!("{PROJECTS}?acronym=DIME&include=sources")).data();
        assert_eq!(made[0]["sources"][0]["source"]["label"], "Programma integra, projects");
        assert_eq!(made[0]["sources"][0]["preferred"], true);
    });
}

#[test]
fn what_is_no_bundle_is_refused_as_a_whole() {
    on_both_engines(|api| {
        let project = "{\"entity\": \"project\", \"id\": \"#x\", \"acronym\": \"X\"}\n";
        let refused = |name: &str, bytes: &[u8]| {
            let file = api.place().folder().join(name);
            fs::write(&file, bytes).expect("a file");
            let import = ["import", "bundle", file.to_str().expect("UTF-8")];
            let output = api.place().command(&import).output().expect("it runs");
            assert!(!output.status.success(), "{name}");
            String::from_utf8_lossy(&output.stderr).into_owned()
        };
        let newer = format!("{}\n{project}", json!({"format": "consortia-bundle", "version": 2}));
        assert!(refused("newer.ndjson", newer.as_bytes()).contains("Version 2"));
        let other = format!("{}\n{project}", json!({"format": "other", "version": 1}));
        assert!(refused("other.ndjson", other.as_bytes()).contains("'other' is not a format"));
        assert!(refused("utf16.ndjson", b"\xff\xfe{\x00").contains("UTF-16"));
        assert!(refused("book.xlsx", b"PK\x03\x04").contains("a workbook"));
        for table in ["acronym;title\nX;Y\n", "[\n{}\n]\n", "{\n\"entity\": \"project\"\n}\n"] {
            let told = refused("table.csv", table.as_bytes());
            let first = table.lines().next().expect("a line");
            assert!(told.contains(&format!("Its first line is '{first}'; expected")), "{told}");
            assert_eq!(told.lines().count(), 1, "{told}");
        }
        assert_eq!(api.get(PROJECTS).total(), 0);
        // A mark some editors put in front does no harm.
        let marked = api.place().folder().join("marked.ndjson");
        fs::write(&marked, format!("\u{feff}{project}")).expect("a file");
        api.place().run(&["import", "bundle", marked.to_str().expect("UTF-8")]);
        assert_eq!(api.get(PROJECTS).total(), 1);
        // A pipe is read as a file is.
        let mut piped = api.place().command(&["import", "bundle", "-"]);
        let mut piped = piped.stdin(Stdio::piped()).spawn().expect("consortia starts");
        let mut pipe = piped.stdin.take().expect("a pipe");
        pipe.write_all(project.replace("#x", "#y").as_bytes()).expect("a reader");
        drop(pipe);
        assert!(piped.wait().expect("an end").success());
        assert_eq!(api.get(PROJECTS).total(), 2);
    });
}

#[test]
fn an_id_stands_for_one_record_and_a_code_for_several_programmes() {
    on_both_engines(|api| {
        let first = [
            json!({"entity": "project", "id": "#same", "acronym": "SAME"}),
            json!({"entity": "programme", "id": "#a", "code": "DUP", "titles": {"en": "A"}}),
            json!({"entity": "programme", "id": "#b", "code": "DUP", "titles": {"en": "B"}}),
            json!({"entity": "organisation", "country": "IT",
                   "external_ids": [{"scheme": "pic", "value": "968823876"}]}),
        ];
        let file = write(api, "first.ndjson", &first);
        let told = api.place().run(&["import", "bundle", &file]);
        assert!(told.contains("0 rejected"), "{told}");
        assert_eq!(api.get("/api/v1/programmes?code=DUP").total(), 2);
        assert_eq!(
            api.get(&format!("{ORGANISATIONS}/pic:968823876")).expect(200).json()["country"],
            "IT"
        );
        let second = [
            json!({"entity": "organisation", "id": "#same", "names": [{"value": "Clash"}]}),
            json!({"entity": "source", "id": "#same", "title": "Clash"}),
        ];
        let file = write(api, "second.ndjson", &second);
        let told = api.place().run_in_part(&["import", "bundle", &file]);
        assert!(told.contains("2 rejected") && !told.contains("Nothing changed"), "{told}");
        assert_eq!(api.get(ORGANISATIONS).total(), 1, "nothing of a refused line is kept");
        assert_eq!(api.get("/api/v1/sources").total(), 0);
        let again = api.place().run(&["import", "bundle", &write(api, "first.ndjson", &first)]);
        assert!(again.contains("Nothing changed"), "{again}");
    });
}

#[test]
fn a_line_that_replaces_what_another_said_is_told() {
    on_both_engines(|api| {
        let lines = [
            json!({"entity": "project", "id": "#dime", "acronym": "DIME"}),
            json!({"entity": "project", "id": "#other", "acronym": "OTHER"}),
            json!({"entity": "project", "id": "#dime", "keywords": ["schools"]}),
            json!({"entity": "project", "id": "#dime", "acronym": "NICKEL"}),
        ];
        let file = write(api, "twice.ndjson", &lines);
        for more in [&["--dry-run"][..], &[]] {
            let import = [&["import", "bundle", &file], more].concat();
            let output = api.place().command(&import).output().expect("it runs");
            assert!(output.status.success(), "{output:?}");
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            let notice = "notice twice.ndjson line 4: Line 3 stands for the same project, and this one \
                          replaces what was said of: acronym.";
            assert!(told.replace("  ", " ").contains(notice), "{told}");
            let counted = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(counted.contains("0 rejected, 1 notice,"), "{counted}");
        }
        assert_eq!(api.get(PROJECTS).total(), 2);
    });
}

#[test]
fn statements_that_the_record_left_behind_travel_too() {
    on_both_engines(|api| {
        let page = api.create("/api/v1/sources", &json!({"title": "A page"}));
        let made = api.create(PROJECTS, &project("MOVED", "2014/2015"));
        let body = json!({
            "about_kind": "project", "about_id": made["id"], "field": "/period/end",
            "value": "2014-12", "source_id": page["id"],
        });
        let statement = api.create("/api/v1/statements", &body);
        let at = path(PROJECTS, &made);
        api.client().patch(&at, api.get(&at).etag(), &json!({"period": "2018/2019"})).expect(200);
        let there = path("/api/v1/statements", &statement);
        let note = json!({"note": "It was moved"});
        api.client().patch(&there, api.get(&there).etag(), &note).expect(200);
        let out = api.place().folder().join("out.ndjson");
        let out = out.to_str().expect("UTF-8");
        api.place().run(&["export", "bundle", out]);
        let other = Server::start(Place::empty(api.engine()));
        let told = other.place().run(&["import", "bundle", out]);
        assert!(told.contains("0 rejected"), "{told}");
        assert!(exported(&other) == fs::read_to_string(out).expect("a file"));
    });
}

#[test]
fn the_id_of_a_draft_is_no_name_for_another_record() {
    on_both_engines(|api| {
        let draft = json!({"kind": "organisation", "content": organisation("Drafted", "IT")});
        let draft = api.create("/api/v1/drafts", &draft);
        let line = json!({"entity": "organisation", "id": draft["id"], "country": "FR",
                          "names": [{"value": "Another", "kind": "legal"}]});
        let file = write(
            api,
            "taken.ndjson",
            &[json!({"format": "consortia-bundle", "version": 1}), line],
        );
        let report = format!("{file}.csv");
        let _ = api.place().run_in_part(&["import", "bundle", &file, "--report", &report]);
        let told = fs::read_to_string(report).expect("a report");
        assert!(told.contains("or of a draft"), "{told}");
        let at = path("/api/v1/drafts", &draft);
        let tag = api.get(&at).etag().to_owned();
        let publication = api.client().request("POST", &format!("{at}/publication"));
        publication.header("If-Match", &tag).send().expect(201);
    });
}
