//! Questions and records made to cost much: names given again and again, lists without end.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consortia_tests::samples::{
    ORGANISATIONS, PROGRAMMES, PROJECTS, organisation, participation, path, project,
};
use consortia_tests::server::peak_memory;
use consortia_tests::{Place, Server, on_both_engines, on_each_engine};
use serde_json::{Value, json};

const CLAIMS: &str = "/api/v1/claims";

/// Where each fault of a refused body lies, and its code.
fn faults(api: &Server, collection: &str, body: &Value) -> Vec<String> {
    let problem = api.unrecorded().post(collection, body).problem(422, "invalid_body");
    let errors = problem["errors"].as_array().expect("faults");
    let line = |error: &Value| format!("{} {}", error["pointer"], error["code"]).replace('"', "");
    errors.iter().map(line).collect()
}

/// An organisation that meets another in a project paid from a programme below `EC`.
fn paid_from_a_broad_programme(api: &Server) -> Value {
    let [own, other] = [("Own", "IT"), ("Other", "FR")]
        .map(|(name, country)| api.create(ORGANISATIONS, &organisation(name, country)));
    let h2020 = &api.get(&format!("{PROGRAMMES}?code=H2020")).data()[0];
    let mut content = project("ONE", "2020/2022");
    content["fundings"] = json!([{"programme_id": h2020["id"]}]);
    let seats = format!("{}/participations", path(PROJECTS, &api.create(PROJECTS, &content)));
    for of in [&own, &other] {
        api.create(&seats, &participation(of, "partner"));
    }
    own
}

#[test]
fn a_programme_named_again_and_again_is_one_and_takes_no_memory() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let own = path(ORGANISATIONS, &paid_from_a_broad_programme(&api));
        let anyone = api.anonymous().unrecorded();
        // What is asked is repeated as it was given.
        let found = |of: &str, scope: &str| {
            let mut answer = anyone.get(&format!("{own}/{of}?{scope}")).expect(200).json();
            let of =
                if answer["summary"].is_object() { &mut answer["summary"] } else { &mut answer };
            of["scope"].take();
            answer
        };
        for of in ["partners", "diversity"] {
            let once = found(of, "programme=EC");
            assert_eq!(once["partners"].as_u64().or(once["page"]["total"].as_u64()), Some(1));
            for again in ["EC,EC", "EC,ec,H2020", "EC&programme=EC"] {
                assert_eq!(found(of, &format!("programme={again}")), once, "{of}: {again}");
            }
        }
        let before = peak_memory(api.process_id()).expect("a peak");
        for n in 0..8 {
            let names = vec!["EC"; 199].join(",");
            let condition = |other: usize| format!("programme={names},X{}", 10 * n + other);
            let asked = (0..10).map(condition).collect::<Vec<_>>().join("&");
            for of in ["profile", "partners", "diversity"] {
                anyone.get(&format!("{own}/{of}?{asked}")).expect(200);
            }
        }
        let grown = peak_memory(api.process_id()).expect("a peak").saturating_sub(before) >> 20;
        assert!(grown < 60, "{engine:?}: {grown} MiB more");
    });
}

#[test]
fn lists_that_would_cost_much_are_refused() {
    on_both_engines(|api| {
        let own = api.create(ORGANISATIONS, &organisation("Own", "IT"));
        let claim = |scope: Value| json!({"organisation_id": own["id"], "figures": {"partners": 1}, "scope": scope});
        let names: Vec<String> = (0..40_000).map(|n| n.to_string()).collect();
        let refused = faults(api, CLAIMS, &claim(json!({"programme": names})));
        assert_eq!(refused, ["/scope/programme too_many_conditions"]);
        let refused = faults(api, CLAIMS, &claim(json!({"programme": "x,".repeat(40_000)})));
        assert_eq!(refused, ["/scope/programme too_long"]);
        api.unrecorded().post(CLAIMS, &claim(json!({"programme": &names[..10]}))).expect(201);

        let local = |n: usize| json!({"scheme": "local", "value": format!("o{n}")});
        let many = |count: usize| {
            let ids: Vec<Value> = (0..count).map(local).collect();
            json!({"names": [{"value": "Many"}], "external_ids": ids})
        };
        let refused = faults(api, ORGANISATIONS, &many(201));
        assert_eq!(refused, ["/external_ids too_many_external_ids"]);
        let full = api.create(ORGANISATIONS, &many(200));
        assert_eq!(full["external_ids"].as_array().map(Vec::len), Some(200));
        let twice = json!({"external_ids": [local(500), local(7), local(501), local(199)]});
        let refused = faults(api, ORGANISATIONS, &twice);
        let expected = [1, 3].map(|n| format!("/external_ids/{n} duplicate_external_id"));
        assert_eq!(refused, expected);

        let theme = |n: usize| json!({"vocabulary": "own", "code": format!("t{n}")});
        let about = |count: usize| json!({"themes": (0..count).map(theme).collect::<Vec<_>>()});
        assert_eq!(faults(api, PROJECTS, &about(201)), ["/themes too_many_themes"]);
        api.create(PROJECTS, &about(200));
    });
}

#[test]
fn a_cursor_with_a_text_that_no_database_takes_is_refused() {
    on_both_engines(|api| {
        for name in ["A", "B"] {
            api.create(ORGANISATIONS, &organisation(name, "IT"));
        }
        let list = format!("{ORGANISATIONS}?sort=label&limit=1");
        let page = api.get(&list).expect(200).json();
        let cursor = page["page"]["next"].as_str().expect("there is more");
        let cursor = URL_SAFE_NO_PAD.decode(cursor).expect("base64");
        let cursor = String::from_utf8(cursor).expect("JSON");
        let forged = cursor.replace("\"t\":\"a", "\"t\":\"\\u0000");
        assert_ne!(forged, cursor);
        let at = format!("{list}&cursor={}", URL_SAFE_NO_PAD.encode(forged));
        let problem = api.get(&at).problem(400, "invalid_parameters");
        assert_eq!(problem["errors"][0]["code"], "invalid_cursor");
    });
}
