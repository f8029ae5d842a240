//! Organisations: created, read, changed, listed, deleted.

use consortia_tests::on_both_engines;
use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, organisation_with_pic, participation, path,
    project,
};
use serde_json::{Value, json};

fn ismu() -> Value {
    json!({
        "names": [
            {"value": "Fondazione ISMU ETS", "kind": "legal", "language": "it"},
            {"value": "ISMU", "kind": "short", "language": null},
            {"value": "ISMU Foundation", "kind": "translated", "language": "en"}
        ],
        "country": "IT",
        "place": {
            "city": "Milano", "postcode": "20145", "nuts": "ITC4C",
            "coordinates": {"latitude": 45.4642, "longitude": 9.19}
        },
        "type": "research",
        "kind": "foundation",
        "sector": "third_sector",
        "legal_form": "Fondazione, ente del terzo settore",
        "sme": false,
        "homepage": "https://www.ismu.org",
        "founded": "1993",
        "external_ids": [
            {"scheme": "pic", "value": "968823876"},
            {"scheme": "vat", "value": "IT06835420966"}
        ],
        "status": "active"
    })
}

#[test]
fn every_stated_fact_comes_back_as_stated() {
    on_both_engines(|api| {
        let made = api.post(ORGANISATIONS, &ismu()).expect(201);
        let body = made.json();
        for (field, stated) in ismu().as_object().expect("an object") {
            assert_eq!(&body[field], stated, "{field}");
        }
        assert_eq!(body["label"], "Fondazione ISMU ETS");
        assert_eq!(body["version"], 1);
        assert_eq!(body["parent_id"], Value::Null);
        assert_eq!(made.header("location"), path(ORGANISATIONS, &body));
        let read = api.get(made.header("location")).expect(200);
        assert_eq!(read.json(), body);
        assert_eq!(read.etag(), made.etag());
    });
}

#[test]
fn nothing_is_required_and_there_is_always_a_label() {
    on_both_engines(|api| {
        let empty = api.create(ORGANISATIONS, &json!({}));
        assert_eq!(empty["label"], format!("Organisation {}", id(&empty)));
        let label = |body: Value| api.create(ORGANISATIONS, &body)["label"].clone();
        assert_eq!(label(json!({"external_ids": ["pic:968823876"]})), "PIC 968823876");
        assert_eq!(label(json!({"names": [{"value": "An alias"}]})), "An alias");
        let names = json!([{"value": "Alias"}, {"value": "Short", "kind": "short"}]);
        assert_eq!(label(json!({"names": names})), "Short");
    });
}

#[test]
fn an_external_id_is_an_address() {
    on_both_engines(|api| {
        let made = api.create(ORGANISATIONS, &ismu());
        let answer = api.get("/api/v1/organisations/pic:968823876").expect(200);
        assert_eq!(answer.json(), made);
        assert_eq!(answer.header("content-location"), path(ORGANISATIONS, &made));
        assert!(api.get(&path(ORGANISATIONS, &made)).maybe_header("content-location").is_none());
        api.get("/api/v1/organisations/pic:999999999").problem(404, "not_found");
        api.get("/api/v1/organisations/cordis:968823876").problem(404, "not_found");
    });
}

#[test]
fn an_identifier_stands_for_one_organisation_only() {
    on_both_engines(|api| {
        api.create(ORGANISATIONS, &ismu());
        let problem = api
            .post(ORGANISATIONS, &organisation_with_pic("Another", "IT", "968823876"))
            .problem(422, "invalid_body");
        assert_eq!(problem["errors"][0]["pointer"], "/external_ids/0", "{problem:#}");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{problem:#}");
    });
}

#[test]
fn a_vat_number_may_be_shared_and_then_names_nobody_in_particular() {
    on_both_engines(|api| {
        let with_vat = |name: &str| {
            let mut body = organisation(name, "IT");
            body["external_ids"] = json!(["vat:IT06835420966"]);
            api.create(ORGANISATIONS, &body)
        };
        let first = with_vat("Dipartimento A");
        let found = api.get("/api/v1/organisations/vat:IT06835420966").expect(200).json();
        assert_eq!(found["id"], first["id"]);
        let second = with_vat("Dipartimento B");
        let problem =
            api.get("/api/v1/organisations/vat:IT06835420966").problem(409, "ambiguous_id");
        let text = problem.to_string();
        assert!(text.contains(id(&first)) && text.contains(id(&second)), "{problem:#}");
    });
}

#[test]
fn put_replaces_and_patch_changes_what_it_names() {
    on_both_engines(|api| {
        let client = api.client();
        let made = client.post(ORGANISATIONS, &ismu()).expect(201);
        let at = made.header("location").to_owned();

        let change = json!({"place": {"city": "Roma"}, "homepage": null, "sme": true});
        let patched = client.patch(&at, made.etag(), &change).expect(200);
        let body = patched.json();
        assert_eq!(body["place"]["city"], "Roma");
        assert_eq!(body["place"]["nuts"], "ITC4C", "a merge patch leaves what it does not name");
        assert_eq!((&body["homepage"], &body["sme"]), (&Value::Null, &json!(true)));
        assert_eq!(body["names"], ismu()["names"]);
        assert_eq!(body["version"], 2);
        assert_ne!(patched.etag(), made.etag());

        let put = client.put(&at, patched.etag(), &organisation("Altra", "FR")).expect(200);
        let body = put.json();
        assert_eq!((&body["country"], &body["sme"]), (&json!("FR"), &Value::Null));
        assert_eq!((&body["label"], &body["version"]), (&json!("Altra"), &json!(3)));
        assert_eq!(client.get(&at).expect(200).json(), body);
    });
}

#[test]
fn a_patch_that_changes_nothing_makes_no_version() {
    on_both_engines(|api| {
        let client = api.client();
        let made = client.post(ORGANISATIONS, &ismu()).expect(201);
        let at = made.header("location").to_owned();
        let same = client.patch(&at, made.etag(), &json!({"country": "IT"})).expect(200);
        assert_eq!(same.json(), made.json());
        assert_eq!(same.etag(), made.etag());
        let put = client.put(&at, made.etag(), &ismu()).expect(200);
        assert_eq!(put.json(), made.json());
        assert_eq!(api.get(&format!("{at}/revisions")).total(), 1);
    });
}

#[test]
fn deleting_leaves_a_tombstone() {
    on_both_engines(|api| {
        let client = api.client();
        let made = client.post(ORGANISATIONS, &ismu()).expect(201);
        let at = made.header("location").to_owned();
        let gone = client.delete(&at, made.etag()).expect(204);
        assert!(gone.body.is_empty());
        client.get(&at).problem(410, "gone");
        client.delete(&at, made.etag()).problem(410, "gone");
        client.patch(&at, made.etag(), &json!({})).problem(410, "gone");
        assert_eq!(client.get(ORGANISATIONS).total(), 0);
        let actions = column(&client.get(&format!("{at}/revisions")).expect(200).data(), "action");
        assert_eq!(actions, ["created", "deleted"]);
        // Its identifiers are free again.
        api.create(ORGANISATIONS, &ismu());
    });
}

#[test]
fn what_others_refer_to_cannot_be_deleted() {
    on_both_engines(|api| {
        let client = api.client();
        let parent = client.post(ORGANISATIONS, &organisation("Università", "IT")).expect(201);
        let mut part = organisation("Dipartimento", "IT");
        part["parent_id"] = parent.json()["id"].clone();
        let part = client.post(ORGANISATIONS, &part).expect(201);
        let at = parent.header("location").to_owned();
        let problem = client.delete(&at, parent.etag()).problem(409, "in_use");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("1 ")), "{problem:#}");

        let project = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let taking_part = format!("{}/participations", path(PROJECTS, &project));
        api.create(&taking_part, &participation(&part.json(), "coordinator"));
        let problem = client.delete(part.header("location"), part.etag()).problem(409, "in_use");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("1 ")), "{problem:#}");
    });
}

#[test]
fn what_stands_in_the_way_of_a_deletion_is_named() {
    on_both_engines(|api| {
        let whole = api.create(ORGANISATIONS, &organisation("Whole", "IT"));
        let mut part = organisation("Part", "IT");
        part["parent_id"] = whole["id"].clone();
        let parts: Vec<_> = (0..6).map(|_| api.create(ORGANISATIONS, &part)).collect();
        let made = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let seats = format!("{}/participations", path(PROJECTS, &made));
        let seat = api.create(&seats, &participation(&whole, "coordinator"));
        let mut funded = project("PAID", "2021/2023");
        // Paid twice, and one project all the same.
        funded["fundings"] = json!([{"funder_id": whole["id"]}, {"funder_id": whole["id"]}]);
        let funded = api.create(PROJECTS, &funded);
        let ends = json!({
            "kind": "renamed_to", "between": "organisations",
            "from_id": whole["id"], "to_id": parts[5]["id"]
        });
        let named = api.create("/api/v1/relations", &ends);

        let problem = api.client().delete(&path(ORGANISATIONS, &whole), "*").problem(409, "in_use");
        let mut of_parts: Vec<_> = parts.iter().map(id).collect();
        of_parts.sort_unstable();
        let list = |of: &str, filter: &str| format!("/api/v1/{of}?{filter}={}", id(&whole));
        let expected = json!([
            {"entity": "participation", "count": 1, "ids": [seat["id"]],
             "href": list("participations", "organisation")},
            {"entity": "project", "count": 1, "ids": [funded["id"]], "href": null},
            {"entity": "organisation", "count": 6, "ids": of_parts[..5],
             "href": list("organisations", "parent")},
            {"entity": "relation", "count": 1, "ids": [named["id"]],
             "href": list("relations", "organisation")},
        ]);
        assert_eq!(problem["referred_to_by"], expected, "{problem:#}");
        for of in problem["referred_to_by"].as_array().expect("a list") {
            let Some(list) = of["href"].as_str() else { continue };
            assert_eq!(Some(api.get(list).expect(200).total()), of["count"].as_u64(), "{of}");
        }
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(&format!("6 organisations ({}, …), ", of_parts[..5].join(", "))));
        assert!(detail.contains(&format!("1 participation ({})", id(&seat))), "{detail}");
        // What nothing stands in the way of has nothing to name.
        let stale = api.client().delete(&path(PROJECTS, &made), "\"9-x\"");
        assert!(stale.problem(412, "stale_version").get("referred_to_by").is_none());
    });
}

#[test]
fn a_reference_must_lead_somewhere() {
    on_both_engines(|api| {
        let mut body = organisation("Orphan", "IT");
        body["parent_id"] = json!("0198c0de-0000-7000-8000-000000000000");
        let problem = api.post(ORGANISATIONS, &body).problem(422, "invalid_body");
        assert_eq!(problem["errors"][0]["pointer"], "/parent_id", "{problem:#}");
    });
}

#[test]
fn filters_divide_a_list_without_remainder() {
    on_both_engines(|api| {
        for (name, country) in
            [("Roma", "IT"), ("Milano", "IT"), ("Paris", "FR"), ("Athína", "EL"), ("London", "UK")]
        {
            api.create(ORGANISATIONS, &organisation(name, country));
        }
        api.create(ORGANISATIONS, &json!({"names": [{"value": "Nowhere"}], "sme": true}));
        let count = |query: &str| api.get(&format!("{ORGANISATIONS}?{query}")).expect(200).total();
        let all = count("");
        assert_eq!(all, 6);
        assert_eq!(count("country=IT"), 2);
        assert_eq!(count("country=it,fr"), 3);
        assert_eq!(count("country=IT&country=FR"), 0);
        assert_eq!(count("country=GR"), 1, "EL is understood and stored as GR");
        assert_eq!(count("country=UK,EL"), 2);
        assert_eq!(count("country=unknown"), 1);
        assert_eq!(count("country=unknown,IT"), 3);
        assert_eq!(count("country_group=eu"), 4);
        for part in ["country=IT", "country=unknown", "country=IT,unknown", "country_group=eu"] {
            let (name, value) = part.split_once('=').expect("a condition");
            assert_eq!(count(part) + count(&format!("{name}=!{value}")), all, "{part}");
        }
        assert_eq!((count("sme=true"), count("sme=false")), (1, 0));
    });
}

#[test]
fn lists_sort_both_ways_with_the_unknown_last() {
    on_both_engines(|api| {
        for (name, country) in [("b", "IT"), ("A", "FR"), ("ä", "IT"), ("Z", "BE")] {
            api.create(ORGANISATIONS, &organisation(name, country));
        }
        api.create(ORGANISATIONS, &json!({"names": [{"value": "m"}]}));
        let sorted = |sort: &str| {
            let list = api.get(&format!("{ORGANISATIONS}?sort={sort}")).expect(200).data();
            column(&list, "label").join(" ")
        };
        assert_eq!(sorted("country,label"), "Z A ä b m");
        assert_eq!(sorted("-country,label"), "ä b A Z m");
        assert_eq!(sorted("label"), "A ä b m Z");
        assert_eq!(sorted("-label"), "Z m b ä A");
        assert_eq!(sorted("created_at"), "b A ä Z m");
    });
}

#[test]
fn the_history_tells_who_changed_what() {
    on_both_engines(|api| {
        let client = api.client();
        let made = client.post(ORGANISATIONS, &organisation("Prima", "IT")).expect(201);
        let at = made.header("location").to_owned();
        client.patch(&at, made.etag(), &json!({"country": "FR"})).expect(200);
        let revisions = client.get(&format!("{at}/revisions")).expect(200).data();
        assert_eq!(column(&revisions, "version"), ["1", "2"]);
        assert_eq!(column(&revisions, "action"), ["created", "updated"]);
        assert_eq!(column(&revisions, "actor"), ["user:staff", "user:staff"]);
        assert_eq!(revisions[0]["change"]["names"][0]["value"], "Prima");
        assert_eq!(revisions[1]["change"], json!({"country": "FR"}));
        assert_eq!(revisions[0]["entity"], "organisation");
        assert_eq!(revisions[0]["record_id"], made.json()["id"]);
    });
}
