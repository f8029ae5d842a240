//! Agreements: what organisations have agreed to do together, and what it yielded.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, organisation_with_pic, participation, path,
    project,
};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

const AGREEMENTS: &str = "/api/v1/agreements";

fn agreement(parties: &[&Value]) -> Value {
    json!({"party_ids": parties.iter().map(|party| &party["id"]).collect::<Vec<_>>()})
}

/// MSE and ISMU.
fn two(api: &Server) -> [Value; 2] {
    let mut ismu = organisation_with_pic("FONDAZIONE ISMU", "IT", "968823876");
    ismu["names"] = json!([
        {"value": "Fondazione ISMU ETS", "kind": "legal"}, {"value": "ISMU", "kind": "short"}
    ]);
    [api.create(ORGANISATIONS, &organisation("MSE", "IT")), api.create(ORGANISATIONS, &ismu)]
}

/// What is known of the agreement of MSE and ISMU: all but its date.
fn undated(mse: &Value, ismu: &Value) -> Value {
    let sort = |description: &str, kinds: Value| {
        json!({
            "part": "collaborator", "of": "organisations", "description": description,
            "count": null, "countries": [], "country_count": null, "types": [], "kinds": kinds,
            "sectors": [], "wording": null
        })
    };
    let region =
        |nuts: &str| json!({"relation": "action", "country": "IT", "nuts": nuts, "place": null});
    json!({
        "titles": {},
        "kind": "partnership",
        "party_ids": [mse["id"], ismu["id"]],
        "signed": null,
        "period": {"start": null, "end": null},
        "purposes": ["Equal opportunities", "Joint planning", "Exchange of research"],
        "territories": [region("ITC4"), region("ITG1")],
        "target_groups": ["Minors", "Unaccompanied minors", "18-year-olds"],
        "resources": "Pooled from several sources, unspecified",
        "groups": [
            sort("Government institutions", json!([])),
            sort("Schools", json!(["school"])),
            sort("Universities", json!(["university"])),
            sort("Libraries", json!([]))
        ],
        "url": null,
        "note": null
    })
}

#[test]
fn an_undated_bilateral_agreement_comes_back_as_it_was_stated() {
    on_both_engines(|api| {
        let [mse, ismu] = two(api);
        let stated = undated(&mse, &ismu);
        let answer = api.post(AGREEMENTS, &stated).expect(201);
        let made = answer.json();
        for (field, value) in stated.as_object().expect("an object") {
            assert_eq!(&made[field], value, "{field}");
        }
        assert_eq!(made["label"], "MSE – Fondazione ISMU ETS");
        assert_eq!(
            column(made["parties"].as_array().expect("parties"), "short_name"),
            ["null", "ISMU"]
        );
        let read = api.get(answer.header("location")).expect(200);
        assert_eq!((read.json(), read.etag()), (made.clone(), answer.etag()));
        // Both parties list it, and neither is deleted.
        for party in [&mse, &ismu] {
            let at = format!("{}/agreements", path(ORGANISATIONS, party));
            assert_eq!(column(&api.get(&at).expect(200).data(), "id"), [id(&made)]);
            let problem =
                api.client().delete(&path(ORGANISATIONS, party), "*").problem(409, "in_use");
            assert!(problem["detail"].as_str().expect("a detail").contains("1 agreement"));
        }
        let nobody = "/api/v1/organisations/0198c0de-0000-7000-8000-000000000001/agreements";
        api.get(nobody).problem(404, "not_found");
        // It is called as its parties are.
        let renamed = json!({"names": [{"value": "Mediterraneo Sicilia Europa", "kind": "legal"}]});
        api.client().patch(&path(ORGANISATIONS, &mse), "*", &renamed).expect(200);
        let read = api.get(&path(AGREEMENTS, &made)).json();
        assert_eq!(read["label"], "Mediterraneo Sicilia Europa – Fondazione ISMU ETS");
        assert_eq!(read["version"], 1);
    });
}

#[test]
fn every_fault_is_told_at_once() {
    on_both_engines(|api| {
        let [mse, ismu] = two(api);
        let places = |body: &Value| -> Vec<String> {
            let problem = api.post(AGREEMENTS, body).problem(422, "invalid_body");
            let faults = problem["errors"].as_array().expect("faults");
            faults
                .iter()
                .map(|f| format!("{} {}", f["pointer"], f["code"]).replace('"', ""))
                .collect()
        };
        assert_eq!(places(&json!({})), ["/party_ids required"]);
        assert_eq!(places(&agreement(&[&mse])), ["/party_ids too_few_parties"]);
        assert_eq!(places(&agreement(&[&mse, &ismu, &mse])), ["/party_ids/2 repeated_value"]);
        let nobody = json!({"id": "0198c0de-0000-7000-8000-000000000001"});
        assert_eq!(places(&agreement(&[&nobody, &mse])), ["/party_ids/0 dangling_reference"]);
        let wrong = json!({
            "kind": "treaty", "party_ids": "both", "signed": "22", "parties": [], "colour": "red"
        });
        assert_eq!(
            places(&wrong),
            [
                "/kind unknown_agreement_kind",
                "/party_ids wrong_type",
                "/signed invalid_date",
                "/parties read_only",
                "/colour unknown_field"
            ]
        );
        assert_eq!(api.get(AGREEMENTS).total(), 0);
        let problem =
            api.get("/api/v1/agreements/pic:968823876").problem(400, "invalid_parameters");
        let detail = problem["errors"][0]["detail"].as_str().expect("a detail");
        assert!(detail.contains("/api/v1/agreements?party=pic:968823876"), "{detail}");
    });
}

#[test]
fn an_agreement_is_changed_and_removed_like_any_record() {
    on_both_engines(|api| {
        let client = api.client();
        let [mse, ismu] = two(api);
        let third = api.create(ORGANISATIONS, &organisation("Third", "FR"));
        let made = api.post(AGREEMENTS, &undated(&mse, &ismu)).expect(201);
        let at = made.header("location").to_owned();
        client.patch(&at, "\"7\"", &json!({"note": "x"})).problem(412, "stale_version");
        let one = client.patch(&at, made.etag(), &json!({"party_ids": [mse["id"]]}));
        one.problem(422, "invalid_body");
        let dated = json!({"signed": "2019-06", "titles": {"it": "Accordo", "en": "Agreement"}});
        let dated = client.patch(&at, made.etag(), &dated).expect(200);
        assert_eq!(
            (&dated.json()["label"], &dated.json()["signed"]),
            (&json!("Agreement"), &json!("2019-06"))
        );
        let replaced = client.put(&at, dated.etag(), &agreement(&[&third, &ismu])).expect(200);
        let now = replaced.json();
        assert_eq!(
            (&now["label"], &now["kind"]),
            (&json!("Third – Fondazione ISMU ETS"), &Value::Null)
        );
        assert_eq!(now["groups"], json!([]));
        // What it was found by is forgotten with it.
        for query in ["target_group=minors", "territory_country=IT", "q=planning", "party=local:x"]
        {
            assert_eq!(api.get(&format!("{AGREEMENTS}?{query}")).total(), 0, "{query}");
        }
        client.delete(&path(ORGANISATIONS, &mse), "*").expect(204);
        let revisions = client.get(&format!("{at}/revisions")).expect(200).data();
        assert_eq!(column(&revisions, "action"), ["created", "updated", "updated"]);
        assert_eq!(revisions[1]["change"]["signed"], "2019-06");
        let editor = client.with_token(&api.token("editor"));
        editor.delete(&at, replaced.etag()).problem(403, "role_required");
        client
            .without_token()
            .post(AGREEMENTS, &agreement(&[&third, &ismu]))
            .problem(401, "token_required");
        client.delete(&at, replaced.etag()).expect(204);
        client.get(&at).problem(410, "gone");
        client.get(&format!("{at}/yield")).problem(410, "gone");
        client.delete(&path(ORGANISATIONS, &third), "*").expect(204);
    });
}

#[test]
fn lists_are_filtered_searched_and_sorted() {
    on_both_engines(|api| {
        let [mse, ismu] = two(api);
        let third = api.create(ORGANISATIONS, &organisation("Universität Wien", "AT"));
        api.create(AGREEMENTS, &undated(&mse, &ismu));
        let make = |title: &str, kind: &str, parties: &[&Value], signed: &str, period: &str| {
            let mut body = agreement(parties);
            body["titles"] = json!({"en": title});
            body["kind"] = json!(kind);
            body["signed"] = json!(signed);
            body["period"] = json!(period);
            api.create(AGREEMENTS, &body)
        };
        make("Mobility", "memorandum_of_understanding", &[&third, &ismu], "2019-06", "2019/2021");
        let all_three = make("Triangle", "framework", &[&mse, &ismu, &third], "2020", "2020-05/..");
        let vienna = json!([{"relation": "target", "country": "AT", "place": "Wien"}]);
        let vienna = json!({"territories": vienna, "kind": null});
        api.client().patch(&path(AGREEMENTS, &all_three), "*", &vienna).expect(200);
        let labels = |query: &str| {
            let list = api.get(&format!("{AGREEMENTS}?{query}")).expect(200);
            let mut labels = column(&list.data(), "label");
            assert_eq!(list.total(), labels.len() as u64, "{query}");
            labels.sort();
            labels.join("; ")
        };
        let both = "MSE – Fondazione ISMU ETS";
        let all = format!("{both}; Mobility; Triangle");
        let joint = format!("party={}&party={}", id(&mse), id(&ismu));
        let (joint, pair) = (joint.as_str(), format!("{both}; Triangle"));
        for (query, expected) in [
            ("", all.as_str()),
            ("party=pic:968823876", &all),
            (joint, &pair),
            ("party=!pic:968823876", ""),
            ("kind=partnership,framework", both),
            ("kind=unknown", "Triangle"),
            ("kind=!partnership", "Mobility; Triangle"),
            ("signed=unknown", both),
            ("signed=!unknown", "Mobility; Triangle"),
            ("signed=2019", "Mobility"),
            ("signed=2020-02-29", "Triangle"),
            ("signed=!2019", &pair),
            ("signed=2019-06,unknown", "MSE – Fondazione ISMU ETS; Mobility"),
            ("signed_from=2019-07", "Triangle"),
            ("signed_to=2019-06-01", "Mobility"),
            ("active_from=2022", &pair),
            ("active_to=2019-12-31", "MSE – Fondazione ISMU ETS; Mobility"),
            ("target_group=UNACCOMPANIED%20minors", both),
            ("target_group=!minors", "Mobility; Triangle"),
            ("target_group=unknown", "Mobility; Triangle"),
            ("territory_country=IT", both),
            ("territory_country=IT,AT", &pair),
            ("territory_country=unknown", "Mobility"),
            ("updated_at_from=2999-01-01", ""),
            ("q=equal%20opportunities", both),
            ("q=libraries", both),
            ("q=mobilty", "Mobility"),
            ("q=wien", "Mobility; Triangle"),
            ("q=ismu", &all),
            ("q=ismu&signed=unknown", both),
        ] {
            assert_eq!(labels(query), expected, "{query}");
        }
        let sorted = |sort: &str| {
            let whole = api.get(&format!("{AGREEMENTS}?sort={sort}")).expect(200).data();
            let walked = api.unrecorded().walk(&format!("{AGREEMENTS}?sort={sort}&limit=1"));
            assert_eq!(column(&walked, "id"), column(&whole, "id"), "{sort}");
            column(&whole, "label").join("; ")
        };
        assert_eq!(sorted("label"), "Mobility; MSE – Fondazione ISMU ETS; Triangle");
        assert_eq!(sorted("signed"), "Mobility; Triangle; MSE – Fondazione ISMU ETS");
        assert_eq!(sorted("-signed"), "Triangle; Mobility; MSE – Fondazione ISMU ETS");
        assert_eq!(sorted("-created_at"), "Triangle; Mobility; MSE – Fondazione ISMU ETS");
        sorted("updated_at");
        let problem = api.get(&format!("{AGREEMENTS}?party=x&kind=y&signed=22&sort=kind"));
        let problem = problem.problem(400, "invalid_parameters");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(4), "{problem:#}");
        let table = api.get(&format!("{AGREEMENTS}?format=csv&signed=unknown")).expect(200).text();
        let row = table.lines().nth(1).expect("a row");
        assert!(row.contains(",MSE; Fondazione ISMU ETS,,,,"), "{row}");
        assert!(row.contains(",Minors; Unaccompanied minors; 18-year-olds,\"Pooled"), "{row}");
    });
}

/// A project of these parties.
fn joint(api: &Server, acronym: &str, period: &str, parties: &[&Value]) {
    let made = api.create(PROJECTS, &project(acronym, period));
    let seats = format!("{}/participations", path(PROJECTS, &made));
    for party in parties {
        api.create(&seats, &participation(party, "participant"));
    }
}

/// `label certainty parties` of each project shown.
fn shown(found: &Value) -> Vec<String> {
    let rows = found["projects"].as_array().expect("projects").iter();
    let parties = |row: &Value| row["party_ids"].as_array().map_or(0, Vec::len);
    rows.map(|row| {
        let label = row["project"]["label"].as_str().expect("a label");
        format!("{label} {} {}", row["after_signature"], parties(row)).replace('"', "")
    })
    .collect()
}

#[test]
fn what_an_agreement_yielded_is_as_certain_as_its_dates() {
    on_both_engines(|api| {
        let [mse, ismu] = two(api);
        let third = api.create(ORGANISATIONS, &organisation("Third", "FR"));
        let made = api.create(AGREEMENTS, &undated(&mse, &ismu));
        let at = path(AGREEMENTS, &made);
        let yielded = |query: &str| api.get(&format!("{at}/yield{query}")).expect(200).json();
        let sign = |date: Value| {
            api.client().patch(&at, "*", &json!({"signed": date})).expect(200);
        };
        let counts = |found: &Value| {
            [&found["certainly"], &found["possibly"], &found["not"]]
                .map(|n| n.as_u64().expect("a count"))
        };
        // Nothing is joint yet.
        let found = yielded("");
        assert_eq!((&found["verdict"], counts(&found)), (&json!("indeterminate"), [0, 0, 0]));
        sign(json!("2020-06"));
        assert_eq!(yielded("")["verdict"], "none");

        joint(api, "BEFORE", "2018/2019", &[&mse, &ismu]);
        joint(api, "ALONE", "2021/2022", &[&mse, &third, &mse]);
        assert_eq!(yielded("")["verdict"], "none");
        joint(api, "SOMETIME", "/", &[&ismu, &mse]);
        let found = yielded("");
        assert_eq!((&found["verdict"], counts(&found)), (&json!("indeterminate"), [0, 1, 1]));
        assert_eq!(found["missing"].as_array().map(Vec::len), Some(1));
        let missing = &found["missing"][0];
        assert_eq!(
            (&missing["field"], &missing["label"]),
            (&json!("period.start"), &json!("SOMETIME"))
        );
        api.get(missing["href"].as_str().expect("an address")).expect(200);
        joint(api, "THATYEAR", "2020/2022", &[&mse, &ismu]);
        assert_eq!(yielded("")["verdict"], "possibly");
        joint(api, "AFTER", "2020-07-01/", &[&third, &mse, &ismu]);
        let found = yielded("");
        assert_eq!((&found["verdict"], counts(&found)), (&json!("yielded"), [1, 2, 1]));
        let all = ["AFTER yes 2", "THATYEAR possible 2", "SOMETIME possible 2", "BEFORE no 2"];
        assert_eq!(shown(&found), all);
        assert_eq!(found["agreement"]["signed"], "2020-06");
        assert_eq!(
            column(found["parties"].as_array().expect("parties"), "id"),
            [id(&mse), id(&ismu)]
        );
        let few = yielded("?limit=1");
        assert_eq!((shown(&few).len(), &few["left_out"], counts(&few)), (1, &json!(3), [1, 2, 1]));
        // The address lists exactly what was counted.
        assert_eq!(found["joint_projects"]["count"], 4);
        let href = found["joint_projects"]["href"].as_str().expect("an address");
        assert_eq!(api.get(href).expect(200).total(), 4);

        // Without a date nothing is certain, and everything is shown all the same.
        sign(Value::Null);
        let found = yielded("");
        assert_eq!((&found["verdict"], counts(&found)), (&json!("indeterminate"), [0, 4, 0]));
        assert_eq!(found["missing"][0]["field"], "signed");
        assert_eq!(found["missing"][0]["href"], json!(at));

        // Of three, any two are joint, and no one address lists that.
        let wider = api.create(AGREEMENTS, &agreement(&[&third, &mse, &ismu]));
        let wider = api.get(&format!("{}/yield", path(AGREEMENTS, &wider))).expect(200).json();
        assert_eq!(wider["joint_projects"], json!({"count": 5, "href": null}));
        assert!(shown(&wider).contains(&"AFTER possible 3".to_owned()), "{wider:#}");

        api.get(&format!("{at}/yield?limit=0&since=1")).problem(400, "invalid_parameters");
        let nobody = "/api/v1/agreements/0198c0de-0000-7000-8000-000000000001/yield";
        api.get(nobody).problem(404, "not_found");
        api.get("/api/v1/agreements/pic:968823876/yield").problem(400, "invalid_parameters");
    });
}

#[test]
fn an_agreement_travels_in_a_bundle_and_says_where_it_is_from() {
    on_both_engines(|api| {
        let lines = [
            json!({"entity": "agreement", "id": "#mse-ismu", "kind": "partnership",
                   "party_ids": ["#mse", "pic:968823876"], "purposes": ["Joint planning"]}),
            json!({"entity": "organisation", "id": "#mse", "names": [{"value": "MSE"}]}),
            json!({"entity": "organisation", "id": "pic:968823876", "names": [{"value": "ISMU"}],
                   "external_ids": ["pic:968823876"]}),
            json!({"entity": "statement", "id": "#s", "about_kind": "agreement",
                   "about_id": "#mse-ismu", "field": "/purposes", "value": "Joint planning",
                   "source_id": "#page"}),
            json!({"entity": "source", "id": "#page", "title": "Partnership agreement with ISMU"}),
        ];
        let text = lines.map(|line| line.to_string()).join("\n");
        let file = api.place().folder().join("agreement.ndjson");
        std::fs::write(&file, text).expect("a file");
        api.place().run(&["import", "bundle", file.to_str().expect("UTF-8")]);
        let found = api.get(&format!("{AGREEMENTS}?include=sources")).expect(200).data();
        assert_eq!(column(&found, "label"), ["MSE – ISMU"]);
        let source = &found[0]["sources"][0];
        assert_eq!((&source["field"], &source["preferred"]), (&json!("/purposes"), &json!(true)));
        let admin = api.client().with_token(&api.token("admin"));
        let exported = admin.get("/api/v1/bundle").expect(200).text();
        assert!(exported.contains("\"entity\":\"agreement\""), "{exported}");
        // Taken in again, it changes nothing.
        let out = api.place().folder().join("out.ndjson");
        std::fs::write(&out, &exported).expect("a file");
        api.place().run(&["import", "bundle", out.to_str().expect("UTF-8")]);
        assert_eq!(api.get(&path(AGREEMENTS, &found[0])).json()["version"], 1);
        // Statements go with it.
        api.client().delete(&path(AGREEMENTS, &found[0]), "*").expect(204);
        assert_eq!(api.get("/api/v1/statements").total(), 0);
    });
}

#[test]
fn vocabularies_and_the_root_know_agreements() {
    on_both_engines(|api| {
        for (name, terms) in [("agreement_kind", 5), ("yield_verdict", 4)] {
            let found = api.get(&format!("/api/v1/vocabularies/{name}")).expect(200).json();
            assert_eq!(found["terms"].as_array().map(Vec::len), Some(terms), "{name}");
        }
        let root = api.get("/api/v1").expect(200).text();
        assert!(root.contains(AGREEMENTS), "{root}");
    });
}
