//! Workbooks: through LibreOffice and back, into an empty registry, filled in by hand.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, column, id, participation, path};
use consortia_tests::{Client, Place, Server, office, on_both_engines, on_both_engines_with_h2020};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A registry with what spreadsheets like to spoil: exact amounts, partial dates, texts like
/// formulas and numbers, several languages and fundings.
fn registry(api: &Server) -> (Value, Value) {
    let ismu = api.create(
        ORGANISATIONS,
        &json!({
            "names": [
                {"value": "Fondazione ISMU; ETS", "kind": "legal", "language": "it"},
                {"value": "ISMU", "kind": "short"},
                {"value": "=1+1", "kind": "alias"},
                {"value": "ISMU Foundation", "kind": "translated", "language": "en"},
            ],
            "country": "IT",
            "place": {"city": "'s-Hertogenbosch", "postcode": "00145", "nuts": "ITC4C",
                      "coordinates": {"latitude": 45.4642, "longitude": -9.19}},
            "sme": false,
            "founded": "1993",
            "external_ids": [{"scheme": "pic", "value": "968823876"}],
        }),
    );
    let spring = api.create(
        PROJECTS,
        &json!({
            "acronym": "SPRING",
            "titles": {"en": "Sustainable \"practices\"", "it": "Pratiche\u{a0}sostenibili"},
            "abstract": {"en": "First line.\nSecond line, _x0041_ & <more>."},
            "period": {"start": "2014-06", "end": ".."},
            "total_cost": {"amount": "2108434.30", "currency": "EUR"},
            "fundings": [
                {"kind": "grant", "programme_id": programme(api, "AMIF"),
                 "amount": {"amount": "90071992547409.93", "currency": "EUR"}, "share": 80},
                {"kind": "private", "title": "Quota; servizi", "year": 2019,
                 "amount": {"amount": "1000.00", "currency": "GBP"}},
            ],
            "territories": [{"relation": "action", "country": "IT"}],
            "themes": [{"vocabulary": "euroscivoc", "code": "/29/97", "label": "politics"}],
            "keywords": ["2014", "a; b"],
        }),
    );
    let seats = format!("{}/participations", path(PROJECTS, &spring));
    let mut seat = participation(&ismu, "coordinator");
    seat["ec_contribution"] = json!({"amount": 0, "currency": "EUR"});
    api.create(&seats, &seat);
    (ismu, spring)
}

fn programme(api: &Server, code: &str) -> Value {
    api.get(&format!("/api/v1/programmes?code={code}")).data()[0]["id"].clone()
}

fn bundle(api: &Server) -> String {
    api.unrecorded().with_token(&api.token("admin")).get("/api/v1/bundle").expect(200).text()
}

/// The workbook a server gives, as a file beside its own.
fn download(api: &Server, address: &str) -> PathBuf {
    let admin = api.unrecorded().with_token(&api.token("admin"));
    let answer = admin.get(address).expect(200);
    assert_eq!(answer.header("content-type"), XLSX);
    let file = api.place().folder().join("registry.xlsx");
    fs::write(&file, answer.bytes()).expect("a file");
    file
}

/// Sends a workbook and waits for what comes of it.
fn upload(admin: &Client, file: &Path, query: &str) -> Value {
    let address = format!("/api/v1/imports?name=registry.xlsx{query}");
    let body = fs::read(file).expect("a file");
    let started = admin.request("POST", &address).body(XLSX, body).send().expect(202);
    let watched = started.header("location").to_owned();
    loop {
        let import = admin.get(&watched).expect(200).json();
        if import["status"] != "running" {
            assert_eq!(import["status"], "completed", "{import}");
            return import;
        }
        sleep(Duration::from_millis(50));
    }
}

fn written(api: &Server, name: &str, text: &str) -> String {
    let file = api.place().folder().join(name);
    fs::write(&file, text).expect("a file");
    file.to_str().expect("UTF-8").to_owned()
}

/// The cells of a csv file that an export wrote.
fn table(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("a file")
}

#[test]
fn one_cell_changed_in_libreoffice_changes_one_field() {
    on_both_engines(|api| {
        let (ismu, spring) = registry(api);
        let before = bundle(api);
        let admin = api.unrecorded().with_token(&api.token("admin"));
        let file = download(api, "/api/v1/workbook");
        let same = upload(&admin, &office::save_as(&file, "xlsx"), "");
        let changed = |kind: &str| same["counts"][kind]["updated"].clone();
        assert_eq!((changed("projects"), changed("organisations")), (json!(0), json!(0)), "{same}");
        assert!(bundle(api) == before, "what LibreOffice saves unchanged changes nothing");

        let edited = office::change_cell(&file, "2014-06", "2014-05-01");
        let tried = upload(&admin, &edited, "&dry_run=true");
        assert_eq!(
            tried["counts"]["projects"],
            json!({"created": 0, "updated": 1, "unchanged": 0})
        );
        assert!(bundle(api) == before, "a dry run keeps nothing");
        let done = upload(&admin, &edited, "");
        assert_eq!(done["rejects"], json!([]));
        let history = format!("{}/revisions", path(PROJECTS, &spring));
        let history = api.client().unrecorded().get(&history).data();
        assert_eq!(history.len(), 2);
        assert_eq!(history[1]["change"], json!({"period": {"start": "2014-05-01"}}));
        let expected = before.replace("\"start\":\"2014-06\"", "\"start\":\"2014-05-01\"");
        assert!(bundle(api) == expected, "nothing else changed");
        let history = format!("{}/revisions", path(ORGANISATIONS, &ismu));
        assert_eq!(api.client().unrecorded().get(&history).total(), 1);
    });
}

#[test]
fn what_is_exported_makes_the_same_tables_elsewhere() {
    on_both_engines(|api| {
        registry(api);
        let folder = api.place().folder().join("tables");
        let tables = folder.to_str().expect("UTF-8");
        api.place().run(&["export", "workbook", tables]);
        let projects = table(&folder, "projects.csv");
        for cell in ["2014-06", "\"\"a; b\"\"", "1000.00 GBP", "title_it", "programme_2", "SPRING"]
        {
            assert!(projects.contains(cell), "{cell} in {projects}");
        }
        let organisations = table(&folder, "organisations.csv");
        assert!(organisations.contains("'=1+1"), "{organisations}");
        assert!(!organisations.contains("''s-Hertogenbosch"), "{organisations}");

        let xlsx = api.place().folder().join("all.xlsx");
        let xlsx = xlsx.to_str().expect("UTF-8");
        api.place().run(&["export", "workbook", xlsx]);
        for brought in [tables, xlsx] {
            let other = Place::empty(api.engine());
            let told = other.run(&["import", "workbook", brought]);
            assert!(told.contains(" 0 rejected"), "{told}");
            let again = other.folder().join("again");
            other.run(&["export", "workbook", again.to_str().expect("UTF-8")]);
            for name in ["organisations", "programmes", "calls", "projects", "participations"] {
                let name = format!("{name}.csv");
                let (again, first) = (table(&again, &name), table(&folder, &name));
                assert!(elsewhere(&again) == elsewhere(&first), "{name} of {brought}");
            }
            let told = api.place().run(&["import", "workbook", brought]);
            assert!(told.contains("Nothing changed"), "{told}");
        }
    });
}

/// A table without what tells its registry from others, with which the last cell begins.
fn elsewhere(table: &str) -> Vec<String> {
    let without = |line: &str| match line.rsplit_once(',') {
        Some((row, seal)) => {
            let sums = seal.split_once('-').map_or(seal, |(_, sums)| sums);
            format!("{row},{sums}")
        }
        None => line.to_owned(),
    };
    table.lines().map(without).collect()
}

#[test]
fn a_foundation_finds_its_own_projects_of_h2020_in_a_workbook() {
    on_both_engines_with_h2020(|api| {
        let file = download(api, "/api/v1/workbook?organisation=pic:968823876");
        let saved = office::save_as(&file, "xlsx");
        let saved = saved.to_str().expect("UTF-8");
        let told = api.place().run(&["import", "workbook", "--dry-run", saved]);
        let count = |kind: &str| {
            let line = told.lines().find(|line| line.starts_with(kind)).expect(kind);
            line.split_whitespace().skip(1).map(|n| n.parse().expect("a number")).collect()
        };
        let counted: Vec<Vec<u32>> =
            ["organisations", "projects", "participations"].map(count).to_vec();
        assert_eq!(api.get("/api/v1/projects?organisation=pic:968823876").total(), 2);
        // Two projects; ISMU, its fifteen partners, and the seats of all of them.
        assert_eq!(counted, [[0, 0, 16], [0, 0, 2], [0, 0, 19]], "{told}");
    });
}

#[test]
fn a_form_is_filled_in_with_any_spreadsheet() {
    on_both_engines(|api| {
        let form = api.place().folder().join("form");
        api.place().run(&["export", "workbook", "--template", form.to_str().expect("UTF-8")]);
        assert!(table(&form, "projects.csv").starts_with("\u{feff}id,acronym,title_en,aliases,"));
        // As an Italian spreadsheet saves it: semicolons, decimal commas, columns moved.
        let organisations = written(
            api,
            "organisations.csv",
            "Short Name;id;country;#note;identifiers;part_of\r\n\
             Office;#office;IT;;;#ismu\r\n\
             ISMU;#ismu;IT;our own;pic:968823876;\r\n",
        );
        let projects = written(
            api,
            "projects.csv",
            "id;acronym;start;end;programme;funding_amount;total_cost;keywords\r\n\
             #mse;MSE;2014;2015-03;amif;\"12500,50\";20000;\"integration; migration\"\r\n",
        );
        let seats = written(
            api,
            "participations.csv",
            "project;organisation;role;ec_contribution\r\n\
             #mse;#ismu;coordinator;\"377006,44\"\r\n\
             #mse;Office [#office];participant;1000 GBP\r\n",
        );
        let files = ["import", "workbook", &seats, &projects, &organisations];
        let told = api.place().run(&files);
        assert!(told.contains("5 rows read") && told.contains(" 0 rejected"), "{told}");
        let mse = api.get(&format!("{PROJECTS}?acronym=MSE")).data().remove(0);
        assert_eq!(mse["period"], json!({"start": "2014", "end": "2015-03"}));
        assert_eq!(mse["fundings"][0]["amount"]["amount"].to_string(), "12500.50");
        assert_eq!(mse["fundings"][0]["programme_id"], programme(api, "AMIF"));
        let seats = api.get(&format!("{}/participations", path(PROJECTS, &mse))).data();
        assert_eq!(column(&seats, "role"), ["coordinator", "participant"]);
        assert_eq!(seats[1]["ec_contribution"]["currency"], "GBP");
        let again = api.place().run(&files);
        assert!(again.contains("Nothing changed"), "{again}");
        // An empty cell of somebody's own row says nothing.
        let more = "id;founded;country;city\r\npic:968823876;1993;;Milano\r\n";
        api.place().run(&["import", "workbook", &written(api, "organisations.csv", more)]);
        let ismu = api.get(&format!("{ORGANISATIONS}/pic:968823876")).json();
        assert_eq!((&ismu["country"], &ismu["founded"]), (&json!("IT"), &json!("1993")));
        assert_eq!(ismu["names"][0]["value"], "ISMU");
    });
}

#[test]
fn every_fault_is_told_by_sheet_row_and_column_and_the_rest_is_stored() {
    on_both_engines(|api| {
        let folder = api.place().folder().join("faulty");
        fs::create_dir_all(&folder).expect("a folder");
        let sheet = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file");
        sheet("organisations.csv", "id,legal_name,country,sme\n#a,A,IT,no\n#b,B,Utopia,maybe\n");
        sheet(
            "projects.csv",
            "id,acronym,start,end,total_cost,programme,aliases\n\
             #p,P,2021,2022,5,,\n\n\
             #q,Q,2021,2020,a lot,NOWHERE,\"\"\"open\"\n\
             ,nameless,,,,,\n",
        );
        sheet(
            "participations.csv",
            "project,organisation,role,start\n#p,#a,coordinator,\n#p,#b,participant,\n#p,,chief,32\n",
        );
        let report = api.place().folder().join("report.csv");
        let told = api.place().run_in_part(&[
            "import",
            "workbook",
            folder.to_str().expect("UTF-8"),
            "--report",
            report.to_str().expect("UTF-8"),
        ]);
        assert!(told.contains("8 rows read") && told.contains(" 5 rejected"), "{told}");
        let report = fs::read_to_string(&report).expect("a report");
        let places: Vec<String> = report
            .lines()
            .skip(1)
            .map(|line| line.splitn(5, ',').skip(1).take(3).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            places,
            [
                "faulty/organisations.csv 3 sme",
                "faulty/organisations.csv 3 country",
                "faulty/projects.csv 4 aliases",
                "faulty/projects.csv 4 programme",
                "faulty/projects.csv 4 start",
                "faulty/projects.csv 4 total_cost",
                "faulty/projects.csv 5 id",
                "faulty/participations.csv 3 organisation",
                "faulty/participations.csv 4 organisation",
                "faulty/participations.csv 4 role",
                "faulty/participations.csv 4 start",
            ],
            "{report}"
        );
        for words in ["'Utopia' is not a country code", "line 3, which describes it,"] {
            assert!(report.contains(words), "{words} in {report}");
        }
        assert_eq!(api.get(ORGANISATIONS).total(), 1);
        assert_eq!(api.get(PROJECTS).total(), 1);
        assert_eq!(api.get("/api/v1/participations").total(), 1);
    });
}

#[test]
fn a_file_with_a_column_nobody_knows_is_refused_as_a_whole() {
    on_both_engines(|api| {
        let text = "id,acronym,contry,colour\n#p,P,IT,red\n";
        let file = written(api, "projects.csv", text);
        let mut command = api.place().command(&["import", "workbook", &file]);
        let output = command.output().expect("the program starts");
        assert!(!output.status.success());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("Row 1, column C: 'contry'") && told.contains("column D"), "{told}");
        let admin = api.client().with_token(&api.token("admin"));
        let refused = |bytes: &[u8]| {
            let request = admin.request("POST", "/api/v1/imports?name=book.xlsx");
            let problem = request.body(XLSX, bytes).send().problem(422, "invalid_body");
            problem["detail"].as_str().expect("a detail").to_owned()
        };
        assert!(refused(b"acronym\nP\n").contains("Expected an .xlsx file"));
        assert!(refused(b"PK\x03\x04 no archive at all").contains("book.xlsx"));
        assert_eq!(api.get(PROJECTS).total(), 0);
    });
}

#[test]
fn exported_rows_forget_what_is_emptied_and_spare_what_others_changed() {
    on_both_engines(|api| {
        let (ismu, spring) = registry(api);
        let at = path(PROJECTS, &spring);
        let folder = api.place().folder().join("tables");
        let tables = folder.to_str().expect("UTF-8");
        api.place().run(&["export", "workbook", tables]);
        let projects = folder.join("projects.csv");
        let exported = table(&folder, "projects.csv");

        // A row copied to make another project, its id left as it was.
        let row = exported.split_once("\r\n").expect("headings").1;
        fs::write(&projects, format!("{exported}{}", row.replace("SPRING", "AUTUMN")))
            .expect("a file");
        let told = api.place().run_in_part(&["import", "workbook", tables]);
        assert!(told.contains(" 1 rejected"), "{told}");
        assert_eq!(api.get(&at).json()["acronym"], "SPRING");

        // Emptied cells are forgotten, in place of a funding too.
        let emptied = exported.replace("\"2014; \"\"a; b\"\"\"", "").replace("1000.00 GBP", "");
        assert_ne!(emptied, exported);
        fs::write(
            &projects,
            emptied
                .replace("Quota; servizi", "")
                .replace(",private,", ",,")
                .replace(",2019,", ",,"),
        )
        .expect("a file");
        api.place().run(&["import", "workbook", tables]);
        let now = api.get(&at).json();
        assert_eq!(now["keywords"], json!([]));
        assert_eq!(now["fundings"].as_array().expect("fundings").len(), 1);
        assert_eq!(now["territories"], spring["territories"], "what has no column stays");
        assert_eq!(now["themes"], spring["themes"]);

        // Somebody changes the project meanwhile: an old row that says otherwise is refused, an
        // old row left as it was is not in the way.
        let etag = api.get(&at).etag().to_owned();
        api.client().patch(&at, &etag, &json!({"acronym": "SPRING 2"})).expect(200);
        fs::write(&projects, exported.replace("2014-06", "2013")).expect("a file");
        let told = api.place().run_in_part(&["import", "workbook", tables]);
        assert!(told.contains(" 1 rejected"), "{told}");
        fs::write(&projects, &exported).expect("a file");
        let told = api.place().run(&["import", "workbook", tables]);
        assert!(told.contains("Nothing changed"), "{told}");
        assert_eq!(api.get(&at).json()["acronym"], "SPRING 2");
        assert_eq!(id(&api.get(&path(ORGANISATIONS, &ismu)).json()), id(&ismu));
    });
}
