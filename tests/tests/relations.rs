//! Relations: what projects are to one another, and organisations to one another.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, organisation_with_pic, path, project,
};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

const RELATIONS: &str = "/api/v1/relations";

fn relation(kind: &str, between: &str, from: &Value, to: &Value) -> Value {
    json!({"kind": kind, "between": between, "from_id": from["id"], "to_id": to["id"]})
}

fn projects<const N: usize>(api: &Server, acronyms: [&str; N]) -> [Value; N] {
    acronyms.map(|acronym| api.create(PROJECTS, &project(acronym, "2020/2022")))
}

fn organisations<const N: usize>(api: &Server, names: [&str; N]) -> [Value; N] {
    names.map(|name| api.create(ORGANISATIONS, &organisation(name, "IT")))
}

#[test]
fn each_kind_is_created_and_reads_both_ways() {
    on_both_engines(|api| {
        let [one, other] = projects(api, ["SUPPORT ME", "DIME"]);
        let [old, new] = organisations(api, ["Old", "New"]);
        for (kind, between, reads, back) in [
            ("continues", "projects", "continues", "continued by"),
            ("stems_from", "projects", "stems from", "led to"),
            ("part_of", "projects", "part of", "includes"),
            ("funded_under", "projects", "funded under", "funds"),
            ("planned_follow_up", "projects", "planned follow-up of", "has as planned follow-up"),
            ("output_of", "projects", "output of", "has as output"),
            ("part_of", "organisations", "part of", "includes"),
            ("renamed_to", "organisations", "renamed to", "formerly"),
            ("merged_into", "organisations", "merged into", "took in"),
            ("succeeded_by", "organisations", "succeeded by", "successor of"),
            ("member_of", "organisations", "member of", "has as member"),
        ] {
            let (from, to) = if between == "projects" { (&one, &other) } else { (&old, &new) };
            let mut stated = relation(kind, between, from, to);
            stated["period"] = json!({"start": "2021-03", "end": ".."});
            stated["note"] = json!("As both say");
            let answer = api.post(RELATIONS, &stated).expect(201);
            let made = answer.json();
            for (field, value) in stated.as_object().expect("an object") {
                assert_eq!(&made[field], value, "{field}");
            }
            assert_eq!((&made["reads"], &made["reads_back"]), (&json!(reads), &json!(back)));
            assert_eq!(made["from"], json!({"id": from["id"], "label": from["label"]}));
            assert_eq!(made["to"], json!({"id": to["id"], "label": to["label"]}));
            assert_eq!(made["version"], 1);
            assert_eq!(answer.header("location"), path(RELATIONS, &made));
            let read = api.get(answer.header("location")).expect(200);
            assert_eq!((read.json(), read.etag()), (made, answer.etag()));
        }
        // Both ends list it.
        for (collection, record, total) in
            [(PROJECTS, &one, 6), (PROJECTS, &other, 6), (ORGANISATIONS, &new, 5)]
        {
            let at = format!("{}/relations", path(collection, record));
            assert_eq!(api.get(&at).expect(200).total(), total, "{at}");
        }
        let backwards = format!("{}/relations?to={}", path(PROJECTS, &other), id(&other));
        assert_eq!(api.get(&backwards).total(), 6);
        let forwards = format!("{}/relations?from={}", path(PROJECTS, &other), id(&other));
        assert_eq!(api.get(&forwards).total(), 0);
        api.get(&format!("{PROJECTS}/{}/relations", id(&old))).problem(404, "not_found");
    });
}

#[test]
fn every_fault_is_told_at_once() {
    on_both_engines(|api| {
        let [one, other] = projects(api, ["ONE", "OTHER"]);
        let places = |body: &Value| -> Vec<String> {
            let problem = api.post(RELATIONS, body).problem(422, "invalid_body");
            let faults = problem["errors"].as_array().expect("faults");
            faults
                .iter()
                .map(|f| format!("{} {}", f["pointer"], f["code"]).replace('"', ""))
                .collect()
        };
        assert_eq!(
            places(&json!({
                "kind": "renamed_to", "between": "projects", "from_id": "cordis:101004635",
                "period": "2021/2020", "note": "", "from": {}, "colour": "red"
            })),
            [
                "/from_id invalid_id",
                "/to_id required",
                "/period end_before_start",
                "/note empty",
                "/kind kind_not_between",
                "/from read_only",
                "/colour unknown_field",
            ]
        );
        assert_eq!(places(&relation("continues", "projects", &one, &one)), ["/to_id same_record"]);
        let strangers = [
            json!({"id": "0198c0de-0000-7000-8000-000000000001"}),
            json!({"id": "0198c0de-0000-7000-8000-000000000002"}),
        ];
        assert_eq!(
            places(&relation("continues", "projects", &strangers[0], &strangers[1])),
            ["/from_id dangling_reference", "/to_id dangling_reference"]
        );
        assert_eq!(
            places(&relation("part_of", "organisations", &one, &other)),
            ["/from_id dangling_reference", "/to_id dangling_reference"]
        );
        assert_eq!(api.get(RELATIONS).total(), 0);
        api.get("/api/v1/relations/cordis:101004635").problem(400, "invalid_parameters");
        api.get("/api/v1/relations/0198c0de-0000-7000-8000-000000000001").problem(404, "not_found");
    });
}

#[test]
fn the_same_statement_is_refused_with_the_id_of_the_first() {
    on_both_engines(|api| {
        let [one, other] = projects(api, ["ONE", "OTHER"]);
        let mut stated = relation("continues", "projects", &one, &other);
        let first = api.create(RELATIONS, &stated);
        let problem = api.post(RELATIONS, &stated).problem(422, "invalid_body");
        assert_eq!(problem["errors"][0]["code"], "duplicate_relation", "{problem:#}");
        let detail = problem["errors"][0]["detail"].as_str().expect("a detail");
        assert!(detail.contains(id(&first)), "{detail}");
        stated["period"] = json!("2020/2021");
        api.create(RELATIONS, &stated);
        stated["note"] = json!("A note makes it no other statement");
        api.post(RELATIONS, &stated).problem(422, "invalid_body");
        assert_eq!(api.get(RELATIONS).total(), 2);
    });
}

#[test]
fn nothing_comes_before_itself() {
    on_both_engines(|api| {
        let [one, two, three] = projects(api, ["ONE", "TWO", "THREE"]);
        let pays = |from: &Value, to: &Value| relation("funded_under", "projects", from, to);
        api.post(RELATIONS, &pays(&one, &two)).expect(201);
        let last = api.create(RELATIONS, &pays(&two, &three));
        for kind in ["continues", "stems_from", "part_of", "planned_follow_up", "output_of"] {
            api.post(RELATIONS, &relation(kind, "projects", &three, &one)).expect(201);
        }
        let problem = api.post(RELATIONS, &pays(&three, &one)).problem(422, "invalid_body");
        let faults = problem["errors"].as_array().expect("faults");
        assert_eq!(column(faults, "code"), ["circular_relation"]);
        assert_eq!(column(faults, "pointer"), ["/to_id"]);
        let at = path(RELATIONS, &last);
        let tag = api.get(&at).etag().to_owned();
        let turned = json!({"from_id": id(&two), "to_id": id(&one)});
        api.client().patch(&at, &tag, &turned).problem(422, "invalid_body");
        // What is rewritten does not stand in its own way.
        let turned = json!({"from_id": id(&three), "to_id": id(&two)});
        api.client().patch(&at, &tag, &turned).expect(200);

        let [old, new] = organisations(api, ["Old", "New"]);
        let between = |kind: &str, from: &Value, to: &Value| {
            api.post(RELATIONS, &relation(kind, "organisations", from, to))
        };
        between("part_of", &old, &new).expect(201);
        between("part_of", &new, &old).problem(422, "invalid_body");
        // What was a part at another time is none of this circle.
        let [first, later] = organisations(api, ["First", "Later"]);
        for (from, to, period) in [(&first, &later, "2001/2010"), (&later, &first, "2012/..")] {
            let mut part = relation("part_of", "organisations", from, to);
            part["period"] = json!(period);
            api.post(RELATIONS, &part).expect(201);
        }
        // Nor is a ring of which no two parts hold on one day, in whatever order it is told.
        let ring = projects(api, ["A", "B", "C"]);
        let [a, b, c] = &ring;
        for (from, to, period) in [(a, b, "2010/2012"), (b, c, "2013/2015"), (c, a, "2010/2015")] {
            let mut stems = relation("stems_from", "projects", from, to);
            stems["period"] = json!(period);
            api.post(RELATIONS, &stems).expect(201);
        }
        let mut closing = relation("stems_from", "projects", a, b);
        closing["period"] = json!("2014/2015");
        api.post(RELATIONS, &closing).problem(422, "invalid_body");
        for kind in ["renamed_to", "merged_into", "succeeded_by", "member_of"] {
            between(kind, &old, &new).expect(201);
            between(kind, &new, &old).expect(201);
        }
    });
}

#[test]
fn a_relation_is_changed_and_removed_like_any_record() {
    on_both_engines(|api| {
        let client = api.client();
        let [one, other] = projects(api, ["ONE", "OTHER"]);
        let stated = relation("continues", "projects", &one, &other);
        let send = |key: &str| {
            client.request("POST", RELATIONS).header("Idempotency-Key", key).json(&stated).send()
        };
        let made = send("once").expect(201);
        assert_eq!(send("once").expect(201).json(), made.json());
        send("twice").problem(422, "invalid_body");
        let at = made.header("location").to_owned();

        client.patch(&at, "\"7\"", &json!({"note": "x"})).problem(412, "stale_version");
        client.request("PATCH", &at).json(&json!({})).send().problem(428, "if_match_required");
        let wrong = client.patch(&at, made.etag(), &json!({"between": "organisations"}));
        let problem = wrong.problem(422, "invalid_body");
        assert_eq!(problem["errors"][0]["code"], "kind_not_between", "{problem:#}");
        let changed = client.patch(&at, made.etag(), &json!({"period": "2021-05/.."})).expect(200);
        assert_eq!(changed.json()["period"], json!({"start": "2021-05", "end": ".."}));
        let turned = relation("stems_from", "projects", &other, &one);
        let turned = client.put(&at, changed.etag(), &turned).expect(200);
        let now = turned.json();
        assert_eq!(
            (&now["reads_back"], &now["from"]["label"]),
            (&json!("led to"), &json!("OTHER"))
        );
        assert_eq!(now["period"], json!({"start": null, "end": null}));

        let revisions = client.get(&format!("{at}/revisions")).expect(200).data();
        assert_eq!(column(&revisions, "action"), ["created", "updated", "updated"]);
        assert_eq!(revisions[1]["change"]["period"], json!({"start": "2021-05", "end": ".."}));
        let editor = client.with_token(&api.token("editor"));
        editor.delete(&at, turned.etag()).problem(403, "role_required");
        client.without_token().post(RELATIONS, &stated).problem(401, "token_required");
        client.delete(&at, turned.etag()).expect(204);
        client.get(&at).problem(410, "gone");
        assert_eq!(client.get(&format!("{at}/revisions")).expect(200).total(), 4);
        assert_eq!(client.get(RELATIONS).total(), 0);
    });
}

#[test]
fn relations_go_with_a_project_and_keep_an_organisation() {
    on_both_engines(|api| {
        let client = api.client();
        let [one, other, third] = projects(api, ["ONE", "OTHER", "THIRD"]);
        let gone = api.create(RELATIONS, &relation("continues", "projects", &one, &other));
        let also = api.create(RELATIONS, &relation("output_of", "projects", &third, &one));
        api.create(RELATIONS, &relation("part_of", "projects", &third, &other));
        client.delete(&path(PROJECTS, &one), "*").expect(204);
        for record in [&gone, &also] {
            client.get(&path(RELATIONS, record)).problem(410, "gone");
            let revisions = client.get(&format!("{}/revisions", path(RELATIONS, record))).data();
            assert_eq!(column(&revisions, "action"), ["created", "deleted"]);
        }
        assert_eq!(api.get(RELATIONS).total(), 1);
        client.get(&format!("{}/relations", path(PROJECTS, &one))).problem(410, "gone");

        let [old, new] = organisations(api, ["Old", "New"]);
        let named = api.create(RELATIONS, &relation("renamed_to", "organisations", &old, &new));
        for end in [&old, &new] {
            let problem = client.delete(&path(ORGANISATIONS, end), "*").problem(409, "in_use");
            let detail = problem["detail"].as_str().expect("a detail");
            assert!(detail.contains("1 relation"), "{detail}");
        }
        client.delete(&path(RELATIONS, &named), "*").expect(204);
        client.delete(&path(ORGANISATIONS, &old), "*").expect(204);
    });
}

#[test]
fn the_network_passes_relations_by_and_stays_current() {
    on_both_engines(|api| {
        let [one, other] = projects(api, ["ONE", "OTHER"]);
        let summary = || api.get("/api/v1/network/summary").expect(200).json();
        let before = summary();
        api.create(RELATIONS, &relation("continues", "projects", &one, &other));
        let after = summary();
        let revision = |summary: &Value| summary["revision"].as_i64().expect("a revision");
        assert_eq!(revision(&after), revision(&before) + 1);
        for counted in ["projects", "organisations", "participations"] {
            assert_eq!(after[counted], before[counted], "{counted}");
        }
    });
}

#[test]
fn lists_are_filtered_searched_and_sorted() {
    on_both_engines(|api| {
        let [dime, support] = projects(api, ["DIME", "SUPPORT"]);
        let with_id = json!({"acronym": "SPRING", "external_ids": ["cordis:101004635"]});
        let spring = api.create(PROJECTS, &with_id);
        let ismu = api.create(ORGANISATIONS, &organisation_with_pic("ISMU", "IT", "968823876"));
        let cariplo = api.create(ORGANISATIONS, &organisation("Cariplo", "IT"));
        let make = |kind: &str, between: &str, from: &Value, to: &Value, period: &str| {
            let mut body = relation(kind, between, from, to);
            body["period"] = json!(period);
            body["note"] = json!(format!("{kind} {}", from["label"].as_str().unwrap_or_default()));
            api.create(RELATIONS, &body)
        };
        make("stems_from", "projects", &support, &dime, "2020-06/2021");
        make("continues", "projects", &spring, &support, "2022/..");
        make("part_of", "projects", &spring, &dime, "/");
        make("part_of", "organisations", &ismu, &cariplo, "1993/2001-12-31");
        let notes = |query: &str| {
            let list = api.get(&format!("{RELATIONS}?{query}")).expect(200);
            let mut notes = column(&list.data(), "note");
            assert_eq!(list.total(), notes.len() as u64, "{query}");
            notes.sort();
            notes.join("; ")
        };
        let all = "continues SPRING; part_of ISMU; part_of SPRING; stems_from SUPPORT";
        for (query, expected) in [
            ("", all),
            ("kind=part_of", "part_of ISMU; part_of SPRING"),
            ("kind=!part_of", "continues SPRING; stems_from SUPPORT"),
            ("kind=unknown", ""),
            ("between=organisations", "part_of ISMU"),
            ("between=!organisations", "continues SPRING; part_of SPRING; stems_from SUPPORT"),
            ("between=projects,organisations", all),
            ("project=cordis:101004635", "continues SPRING; part_of SPRING"),
            ("project=!cordis:101004635", "part_of ISMU; stems_from SUPPORT"),
            ("project=unknown", "part_of ISMU"),
            ("organisation=pic:968823876", "part_of ISMU"),
            ("organisation=!pic:968823876,unknown", ""),
            ("from=cordis:101004635", "continues SPRING; part_of SPRING"),
            ("from=pic:968823876", "part_of ISMU"),
            ("from=!pic:968823876", "continues SPRING; part_of SPRING; stems_from SUPPORT"),
            ("to=cordis:101004635", ""),
            ("to=!cordis:101004635", all),
            ("from=cordis:999999", ""),
            // Unknown and open ends put no limit.
            ("active_from=2002&active_to=2019", "part_of SPRING"),
            ("active_from=2021-12-31&active_to=2021-12-31", "part_of SPRING; stems_from SUPPORT"),
            ("active_from=2030", "continues SPRING; part_of SPRING"),
            ("active_to=1995", "part_of ISMU; part_of SPRING"),
            ("updated_at_from=2999-01-01", ""),
            ("q=cariplo", "part_of ISMU"),
            ("q=dime", "part_of SPRING; stems_from SUPPORT"),
            ("q=dime&from=cordis:101004635", "part_of SPRING"),
        ] {
            assert_eq!(notes(query), expected, "{query}");
        }
        for end in [&dime, &support, &spring] {
            let total = |query: String| api.get(&format!("{RELATIONS}?{query}")).total();
            let (is, not) = (format!("project={}", id(end)), format!("project=!{}", id(end)));
            assert_eq!(total(is) + total(not), 4, "a filter and its negation add up");
        }
        let sorted = |sort: &str| {
            let whole = api.get(&format!("{RELATIONS}?sort={sort}")).expect(200).data();
            let walked = api.unrecorded().walk(&format!("{RELATIONS}?sort={sort}&limit=1"));
            assert_eq!(column(&walked, "id"), column(&whole, "id"), "{sort}");
            column(&whole, "note").join("; ")
        };
        assert_eq!(
            sorted("start_date"),
            "part_of ISMU; stems_from SUPPORT; continues SPRING; part_of SPRING"
        );
        assert_eq!(
            sorted("-created_at"),
            "part_of ISMU; part_of SPRING; continues SPRING; stems_from SUPPORT"
        );
        sorted("-updated_at");
        let problem =
            api.get(&format!("{RELATIONS}?kind=friend&between=people&project=x&sort=note"));
        let problem = problem.problem(400, "invalid_parameters");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(4), "{problem:#}");
    });
}

#[test]
fn a_table_has_both_ends_by_name() {
    on_both_engines(|api| {
        let [one, other] = projects(api, ["ONE", "OTHER"]);
        let mut stated = relation("stems_from", "projects", &one, &other);
        stated["period"] = json!("2021/..");
        api.create(RELATIONS, &stated);
        let table = api.get(&format!("{RELATIONS}?format=csv")).expect(200).text();
        let heading = "id,kind,between,from_id,from_label,reads,to_id,to_label,reads_back,start,end,\
                       note,version,updated_at";
        assert!(table.starts_with(heading), "{table}");
        let row = table.lines().nth(1).expect("a row");
        assert!(row.contains(",ONE,stems from,"), "{row}");
        assert!(row.contains(",OTHER,led to,2021,,,1,"), "{row}");
        let below = format!("{}/relations?format=ndjson&fields=reads", path(PROJECTS, &other));
        assert_eq!(api.get(&below).expect(200).text(), "{\"reads\":\"stems from\"}\n");
    });
}

#[test]
fn vocabularies_and_the_root_know_relations() {
    on_both_engines(|api| {
        let kinds = api.get("/api/v1/vocabularies/relation_kind").expect(200).json();
        assert_eq!(kinds["terms"].as_array().map(Vec::len), Some(10));
        let between = api.get("/api/v1/vocabularies/relation_between").expect(200).json();
        assert_eq!(between["terms"].as_array().map(Vec::len), Some(2));
        let root = api.get("/api/v1").expect(200).text();
        assert!(root.contains(RELATIONS), "{root}");
    });
}
