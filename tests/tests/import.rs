//! Importing CORDIS files: idempotent, exact, and honest about what it leaves out.

use consortia_tests::people::{PASSWORD, SESSIONS, account, administrator, log_in};
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, column, money};
use consortia_tests::{Engine, Place, Server, h2020, on_both_engines, raw};
use serde_json::json;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

const PROJECT_HEADER: &str = "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution;\
    legalBasis;topics;ecSignatureDate;frameworkProgramme;masterCall;subCall;fundingScheme;nature;\
    objective;contentUpdateDate;rcn;grantDoi";
const ORGANISATION_HEADER: &str = "projectID;projectAcronym;organisationID;vatNumber;name;shortName;\
    SME;activityType;street;postCode;city;country;nutsCode;geolocation;organizationURL;contactForm;\
    contentUpdateDate;rcn;order;role;ecContribution;netEcContribution;totalCost;endOfParticipation;\
    active";

/// One project with three participations, with the quirks of real files.
fn write_small(folder: &Path, title: &str) -> PathBuf {
    let folder = folder.join("cordis");
    fs::create_dir_all(&folder).expect("a folder");
    let project = format!(
        "{PROJECT_HEADER}\n101004635;SPRING;SIGNED;\"{title}\";2021-03-01;2023-02-28;\"2108434,39\";\
         1999536.25;H2020-EU.3.6.;MIGRATION-10-2020;2020-11-23;H2020;H2020-SC6-MIGRATION-2018-2019-2020;\
         H2020-SC6-MIGRATION-2020;CSA;;\"Line one; still one\";2022-01-01 00:00:00;233002;\
         10.3030/101004635\n"
    );
    let rows = [
        "101004635;SPRING;968823876;MISSING;FONDAZIONE ISMU;ISMU;false;REC;VIA X;20145;MILANO;IT;\
         ITC4C;45.46,9.19;www.ismu.org;https://x;2022-01-01;233002;1;coordinator;377006,44;377006.44;\
         377006.44;false;true",
        "101004635;SPRING;999999000;;ETHNIKO KENTRO;;;OTH;;;ATHINA;EL;;;;;;233002;2;PARTICIPANT;0;;;\
         false;",
        "101004635;SPRING;999999001;;LONDON BODY;;;PUB;;;LONDON;UK;;;;;;233002;3;thirdParty;;;;true;",
    ];
    let organisations = format!("{ORGANISATION_HEADER}\n{}\n", rows.join("\n"));
    fs::write(folder.join("project.csv"), project).expect("project.csv");
    fs::write(folder.join("organization.csv"), organisations).expect("organization.csv");
    folder
}

#[test]
fn a_small_folder_comes_in_as_it_stands() {
    on_both_engines(|api| {
        let folder = write_small(api.place().folder(), "A title");
        api.place().run(&["import", "cordis", folder.to_str().expect("UTF-8")]);
        let project =
            api.get("/api/v1/projects/cordis:101004635?include=participations").expect(200);
        let project = project.json();
        assert_eq!(project["acronym"], "SPRING");
        assert_eq!(project["period"], json!({"start": "2021-03-01", "end": "2023-02-28"}));
        assert_eq!(money(&project["total_cost"]), "2108434.39 EUR");
        assert_eq!(money(&project["fundings"][0]["amount"]), "1999536.25 EUR");
        let parts = project["participations"].as_array().expect("participations").clone();
        assert_eq!(column(&parts, "role"), ["coordinator", "participant", "third_party"]);
        assert_eq!(column(&parts, "ended"), ["false", "false", "true"]);
        assert_eq!(money(&parts[0]["ec_contribution"]), "377006.44 EUR");
        assert_eq!(money(&parts[1]["ec_contribution"]), "0.00 EUR", "nothing is not unknown");
        assert!(parts[2]["ec_contribution"].is_null(), "unknown is not nothing");
        let countries =
            api.get(&format!("{ORGANISATIONS}?sort=country&fields=country")).expect(200);
        assert_eq!(column(&countries.data(), "country"), ["GB", "GR", "IT"]);
    });
}

#[test]
fn the_same_file_twice_changes_nothing_and_a_newer_one_only_what_changed() {
    on_both_engines(|api| {
        let import = |title: &str| {
            let folder = write_small(api.place().folder(), title);
            api.place().run(&["import", "cordis", folder.to_str().expect("UTF-8")]);
        };
        let state = || {
            let read = |at: &str| api.unrecorded().get(at).expect(200).json();
            (read("/api/v1/projects/cordis:101004635"), read(ORGANISATIONS)["data"].clone())
        };
        import("A title");
        let first = state();
        import("A title");
        assert_eq!(state(), first, "a second run made changes");
        import("A better title");
        let (project, organisations) = state();
        assert_eq!(project["version"], 2);
        assert_eq!(organisations, first.1, "organisations that did not change got new versions");
        let history = api.get("/api/v1/projects/cordis:101004635/revisions").expect(200).data();
        assert_eq!(column(&history, "action"), ["created", "updated"]);
        let keys = history[1]["change"].as_object().map(|map| map.keys().cloned().collect());
        assert_eq!(keys, Some(vec!["titles".to_owned()]), "{}", history[1]);
    });
}

#[test]
fn whoever_imports_cordis_is_told_to_have_it_named() {
    const ADVICE: &str = "data_attribution = \"CORDIS, European Commission";
    let place = Place::fresh(Engine::Sqlite);
    let folder = write_small(place.folder(), "A title");
    let told = |arguments: &[&str]| {
        let all = [&["import", "cordis", folder.to_str().expect("UTF-8")], arguments].concat();
        let output = place.command(&all).output().expect("consortia starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(!told(&["--dry-run"]).contains(ADVICE));
    assert!(told(&[]).contains(ADVICE));
    assert!(!told(&["--set", "data_attribution=CORDIS; as of 2026-11-20"]).contains(ADVICE));
}

#[test]
fn whoever_serves_cordis_is_told_to_have_it_named() {
    const ADVICE: &str = "CORDIS asks to be named wherever its data is shown.";
    const NAMED: [&str; 2] = ["--set", "data_attribution=CORDIS; as of 2026-11-20"];
    for engine in Engine::ALL {
        let mut server = Server::start(Place::fresh(engine));
        let doctor = |server: &Server, more: &[&str]| {
            let output = server.place().command(&[&["doctor"], more].concat()).output();
            String::from_utf8_lossy(&output.expect("consortia starts").stdout).into_owned()
        };
        let unlicensed = "data_licence is not set";
        let none = doctor(&server, &[]);
        assert!(none.contains(unlicensed) && !none.contains(ADVICE), "{none}");
        let folder = write_small(server.place().folder(), "A title");
        server.place().run(&["import", "cordis", folder.to_str().expect("UTF-8")]);
        assert!(!server.log().contains(ADVICE), "{}", server.log());
        server.stop();
        server.restart();
        let told = server.log().lines().filter(|line| line.contains(ADVICE)).count();
        assert_eq!(told, 1, "{}", server.log());
        let found = doctor(&server, &[]);
        assert!(found.contains(&format!("warning attribution       {ADVICE}")), "{found}");
        let found = doctor(&server, &NAMED);
        assert!(found.contains(unlicensed) && !found.contains(ADVICE), "{found}");
        let found = doctor(&server, &[&NAMED[..], &["--set", "data_licence=CC0-1.0"]].concat());
        assert!(found.contains("ok      attribution       CC0-1.0; CORDIS; as of"), "{found}");
    }
}

#[test]
fn an_import_over_http_says_whom_to_name() {
    for (settings, named) in
        [(&[][..], false), (&[("CONSORTIA_DATA_ATTRIBUTION", "CORDIS")][..], true)]
    {
        let server = Server::start_with(Place::fresh(Engine::Sqlite), settings);
        let folder = write_small(server.place().folder(), "A title");
        let table = fs::read(folder.join("project.csv")).expect("project.csv");
        for (query, dry) in [("&dry_run=true", true), ("", false)] {
            let client = administrator(&server);
            let path = format!("/api/v1/imports?name=project.csv{query}");
            let sent = client.request("POST", &path).body("text/csv", table.clone()).send();
            let begun = sent.expect(202);
            let ended = loop {
                let import = client.get(begun.header("location")).expect(200).json();
                if import["status"] != "running" {
                    break import;
                }
                thread::sleep(Duration::from_millis(20));
            };
            assert_eq!(ended["status"], "completed", "{ended}");
            let advice = ended["advice"].as_str().unwrap_or_default();
            assert_eq!(advice.contains("data_attribution = "), !dry && !named, "{ended}");
            assert!(ended["counts"].get("advice").is_none(), "{ended}");
        }
    }
}

#[test]
fn an_upload_of_a_session_that_ended_meanwhile_leaves_no_file() {
    on_both_engines(|api| {
        account(api, "anna", "admin", &[]);
        let opened = log_in(api.client(), "anna", PASSWORD).expect(201).json();
        let token = opened["access_token"].as_str().expect("a token");
        let folder = write_small(api.place().folder(), "A title");
        let table = fs::read(folder.join("project.csv")).expect("project.csv");
        let mut stream = raw::connect(api.base());
        let head = format!(
            "POST /api/v1/imports HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nContent-Length: {}\r\n\r\n",
            table.len()
        );
        stream.write_all(head.as_bytes()).expect("sent");
        let uploads = || {
            let uploads = fs::read_dir(api.place().folder().join("uploads"));
            uploads.map_or(0, |found| found.flatten().count())
        };
        while uploads() == 0 {
            thread::sleep(Duration::from_millis(20));
        }
        let anna = api.client().with_token(token);
        anna.request("DELETE", &format!("{SESSIONS}/current")).send().expect(204);
        stream.write_all(&table).expect("sent");
        let answer = raw::read_to_close(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        assert_eq!(uploads(), 0);
    });
}

#[test]
fn what_staff_edited_is_not_overwritten_in_silence() {
    on_both_engines(|api| {
        let client = api.client();
        let folder = write_small(api.place().folder(), "A title");
        let folder = folder.to_str().expect("UTF-8");
        api.place().run(&["import", "cordis", folder]);
        let at = "/api/v1/projects/cordis:101004635";
        let read = client.get(at).expect(200);
        let edited =
            client.patch(at, read.etag(), &json!({"titles": {"en": "By hand"}})).expect(200);
        let _ = write_small(api.place().folder(), "From the file");
        let report = api.place().folder().join("rejects.csv");
        let output = api
            .place()
            .command(&["import", "cordis", folder, "--report", report.to_str().expect("UTF-8")])
            .output()
            .expect("consortia starts");
        let printed =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(client.get(at).json()["titles"], edited.json()["titles"]);
        let report = fs::read_to_string(&report).expect("the report");
        let id = edited.json()["id"].as_str().expect("an id").to_owned();
        assert!(report.contains(&id) && report.contains("By hand"), "{report}\n{printed}");
        assert!(printed.to_lowercase().contains("conflict"), "{printed}");
    });
}

#[test]
fn a_shifted_row_is_rejected_by_place_and_reason_and_the_rest_comes_in() {
    on_both_engines(|api| {
        let folder = write_small(api.place().folder(), "A title");
        let file = folder.join("organization.csv");
        let shifted = "101004635;SPRING;999999002;;BAD; ROW SHIFTED;;;PRC;;;ROMA;IT;;;;;;233002;4;\
                       participant;25;;7000000;false;";
        let text = fs::read_to_string(&file).expect("the file") + shifted + "\n";
        fs::write(&file, text).expect("the file");
        let report = api.place().folder().join("rejects.csv");
        let report_path = report.to_str().expect("UTF-8");
        let folder = folder.to_str().expect("UTF-8");
        let command = ["import", "cordis", folder, "--report", report_path];
        let _ = api.place().command(&command).output().expect("consortia starts");
        let report = fs::read_to_string(&report).expect("the report");
        assert_eq!(report.lines().count(), 2, "{report}");
        let row = report.lines().nth(1).unwrap_or_default();
        assert!(row.contains("organization.csv") && row.contains(",5,"), "{report}");
        assert_eq!(api.get(ORGANISATIONS).total(), 3);
    });
}

#[test]
fn a_dry_run_changes_nothing() {
    on_both_engines(|api| {
        let folder = write_small(api.place().folder(), "A title");
        let folder = folder.to_str().expect("UTF-8");
        let printed = api.place().run(&["import", "cordis", folder, "--dry-run"]);
        assert!(!printed.is_empty());
        assert_eq!(api.get(PROJECTS).total() + api.get(ORGANISATIONS).total(), 0);
    });
}

#[test]
fn personal_contact_columns_are_never_stored() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let folder = place.folder().join("old");
        fs::create_dir_all(&folder).expect("a folder");
        let header = "projectRcn;projectID;projectAcronym;role;id;name;shortName;activityType;\
            endOfParticipation;ecContribution;country;street;city;postCode;organizationUrl;vatNumber;\
            contactForm;contactType;contactTitle;contactFirstNames;contactLastNames;contactFunction;\
            contactTelephoneNumber;contactFaxNumber";
        let row = "233002;101004635;SPRING;coordinator;968823876;FONDAZIONE ISMU;ISMU;REC;false;\
            377006,44;IT;VIA X;MILANO;20145;www.ismu.org;;https://x;Project Coordinator;Ms;\
            Giovannina;Zzyzxova;Head;+39 02 555 0199;";
        fs::write(folder.join("organizations.csv"), format!("\u{feff}{header}\n{row}\n"))
            .expect("a file");
        let projects = "rcn;id;acronym;status;programme;topics;frameworkProgramme;title;startDate;\
            endDate;projectUrl;objective;totalCost;ecMaxContribution;call;fundingScheme;coordinator;\
            coordinatorCountry;participants;participantCountries;subjects\n\
            233002;101004635;SPRING;SIGNED;H2020-EU.3.6.;MIGRATION-10-2020;H2020;A title;2021-03-01;\
            2023-02-28;;Text;2108434,39;1999536,25;H2020-SC6;CSA;FONDAZIONE ISMU;IT;;;\n";
        fs::write(folder.join("projects.csv"), format!("\u{feff}{projects}")).expect("a file");
        place.run(&["import", "cordis", folder.to_str().expect("UTF-8")]);
        let server = Server::start(place);
        let mut everything = String::new();
        for at in ["organisations", "projects", "projects?include=participations"] {
            everything += &server.get(&format!("/api/v1/{at}")).expect(200).text();
        }
        everything +=
            &server.get("/api/v1/organisations/pic:968823876/revisions").expect(200).text();
        assert!(everything.contains("FONDAZIONE ISMU"), "{everything}");
        for secret in ["Giovannina", "Zzyzxova", "555 0199"] {
            assert!(!everything.contains(secret), "{engine:?} stored {secret}");
        }
    }
}

#[test]
fn a_second_import_of_the_whole_data_changes_nothing() {
    for engine in Engine::ALL {
        let place = h2020::copy(engine);
        let archive = h2020::archive();
        place.run(&["import", "cordis", archive.to_str().expect("UTF-8")]);
        let server = Server::start(place);
        let list = server.get("/api/v1/projects?sort=-updated_at&limit=1").expect(200).data();
        assert_eq!(list[0]["version"], 1, "{engine:?}");
        let history = server.get("/api/v1/organisations/pic:968823876/revisions").expect(200);
        assert_eq!(history.total(), 1, "{engine:?}");
    }
}
