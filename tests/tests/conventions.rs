//! What holds on every path: cursors, entity tags, formats, methods, limits, request ids.

use consortia_tests::raw;
use consortia_tests::samples::{
    CALLS, ORGANISATIONS, PROGRAMMES, PROJECTS, column, organisation, path, project,
};
use consortia_tests::{Engine, Place, Server, on_both_engines};
use serde_json::{Value, json};
use std::io::Write as _;

const COLLECTIONS: [&str; 4] = [ORGANISATIONS, PROGRAMMES, CALLS, PROJECTS];

#[test]
fn a_list_says_how_much_there_is_and_where_it_goes_on() {
    on_both_engines(|api| {
        for n in 0..5 {
            api.create(PROJECTS, &project(&format!("P{n}"), "2020"));
        }
        let page = api.get(&format!("{PROJECTS}?sort=acronym&limit=2")).expect(200);
        let body = page.json();
        assert_eq!(column(&page.data(), "acronym"), ["P0", "P1"]);
        assert_eq!(body["page"]["limit"], 2);
        assert_eq!(body["page"]["total"], 5);
        // Nobody said yet under which licence this is, or whom to name.
        let meta = body["meta"].as_object().expect("where it comes from");
        assert!(meta["as_of"].is_string(), "{meta:?}");
        assert_eq!((&meta["licence"], &meta["attribution"]), (&Value::Null, &Value::Null));
        let next = body["page"]["next"].as_str().expect("there is more");
        let link = page.header("link");
        assert!(link.contains(next) && link.contains("rel=\"next\""), "{link}");
        let target = link.split(['<', '>']).nth(1).expect("a target");
        assert_eq!(column(&api.get(target).expect(200).data(), "acronym"), ["P2", "P3"]);
        let all = api.client().walk(&format!("{PROJECTS}?sort=acronym&limit=2"));
        assert_eq!(column(&all, "acronym"), ["P0", "P1", "P2", "P3", "P4"]);
        let last = api.get(&format!("{PROJECTS}?sort=acronym&limit=5")).expect(200);
        assert_eq!(last.json()["page"]["next"], Value::Null);
        assert!(last.maybe_header("link").is_none_or(|link| !link.contains("next")));
    });
}

#[test]
fn every_sort_walks_each_record_once() {
    on_both_engines(|api| {
        for n in 0..7 {
            let mut body = project(["b", "A", "á", "a"][n % 4], ["2019", "2020/2021", "/"][n % 3]);
            if n % 2 == 0 {
                body["total_cost"] = json!({"amount": n / 4, "currency": "EUR"});
            }
            api.create(PROJECTS, &body);
        }
        for sort in ["label", "acronym", "start_date", "end_date", "total_cost", "created_at"] {
            for sign in ["", "-"] {
                let whole = api.get(&format!("{PROJECTS}?sort={sign}{sort}")).expect(200).data();
                let whole = column(&whole, "id");
                for limit in [1, 2, 3] {
                    let walked = api
                        .unrecorded()
                        .walk(&format!("{PROJECTS}?sort={sign}{sort}&limit={limit}"));
                    assert_eq!(column(&walked, "id"), whole, "sort={sign}{sort}&limit={limit}");
                }
            }
        }
    });
}

#[test]
fn a_cursor_serves_its_own_list_only() {
    on_both_engines(|api| {
        for n in 0..3 {
            api.create(PROJECTS, &project(&format!("P{n}"), "2020"));
        }
        let page = api.get(&format!("{PROJECTS}?sort=acronym&limit=1")).expect(200).json();
        let cursor = page["page"]["next"].as_str().expect("there is more");
        for query in ["sort=-acronym", "sort=label", "sort=acronym&status=completed", "", "q=p"] {
            let answer = api.get(&format!("{PROJECTS}?{query}&limit=1&cursor={cursor}"));
            let problem = answer.problem(400, "invalid_parameters");
            assert_eq!(problem["errors"][0]["code"], "invalid_cursor", "{query}");
        }
        let other = api.get(&format!("{ORGANISATIONS}?cursor={cursor}"));
        other.problem(400, "invalid_parameters");
        // Another page size and other fields are the same list.
        let more =
            api.get(&format!("{PROJECTS}?sort=acronym&limit=9&fields=acronym&cursor={cursor}"));
        assert_eq!(column(&more.expect(200).data(), "acronym"), ["P1", "P2"]);
    });
}

#[test]
fn a_record_is_read_again_only_when_it_changed() {
    on_both_engines(|api| {
        let client = api.client();
        let made = client.post(ORGANISATIONS, &organisation("Same", "IT")).expect(201);
        let at = made.header("location").to_owned();
        let read = client.get(&at).expect(200);
        assert!(read.maybe_header("cache-control").is_some());
        let modified = read.header("last-modified").to_owned();
        let when = |name: &str, value: &str| client.request("GET", &at).header(name, value).send();
        for tags in
            [read.etag(), "*", &format!("\"x\", {}", read.etag()), &format!("W/{}", read.etag())]
        {
            let unchanged = when("If-None-Match", tags).expect(304);
            assert!(unchanged.body.is_empty());
            assert_eq!(unchanged.etag().trim_start_matches("W/"), read.etag());
        }
        when("If-None-Match", "\"other\"").expect(200);
        when("If-Modified-Since", &modified).expect(304);
        when("If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT").expect(200);
        let changed = client.patch(&at, read.etag(), &json!({"sme": true})).expect(200);
        when("If-None-Match", read.etag()).expect(200);
        when("If-None-Match", changed.etag()).expect(304);
    });
}

#[test]
fn nobody_overwrites_what_they_have_not_seen() {
    on_both_engines(|api| {
        let client = api.client();
        for collection in COLLECTIONS {
            let made = client.post(collection, &json!({})).expect(201);
            let at = made.header("location");
            for method in ["PUT", "PATCH", "DELETE"] {
                let send = |tag: Option<&str>| {
                    let request = client.request(method, at);
                    let request = match tag {
                        Some(tag) => request.header("If-Match", tag),
                        None => request,
                    };
                    if method == "DELETE" { request } else { request.json(&json!({})) }.send()
                };
                send(None).problem(428, "if_match_required");
                send(Some("\"99\"")).problem(412, "stale_version");
                send(Some("W/\"1\"")).problem(400, "invalid_parameters");
                send(Some("nonsense")).problem(400, "invalid_parameters");
            }
            let read = client.get(at).expect(200);
            assert_eq!(read.json(), made.json(), "{collection} was changed by a refused request");
            client.delete(at, "*").expect(204);
        }
    });
}

#[test]
fn of_two_writers_with_the_same_version_one_is_told() {
    on_both_engines(|api| {
        let client = api.client();
        let made = client.post(ORGANISATIONS, &organisation("Contested", "IT")).expect(201);
        let at = made.header("location");
        client.patch(at, made.etag(), &json!({"country": "FR"})).expect(200);
        let problem = client.patch(at, made.etag(), &json!({"country": "DE"}));
        problem.problem(412, "stale_version");
        assert_eq!(client.get(at).json()["country"], "FR");
    });
}

#[test]
fn methods_that_are_not_there_are_named_with_those_that_are() {
    on_both_engines(|api| {
        let made = api.create(PROJECTS, &project("P", "2020"));
        let one = path(PROJECTS, &made);
        for (method, at, allowed) in [
            ("DELETE", PROJECTS, vec!["GET", "POST"]),
            ("PATCH", PROJECTS, vec!["GET", "POST"]),
            ("POST", one.as_str(), vec!["GET", "PUT", "PATCH", "DELETE"]),
            ("PUT", "/api/v1/vocabularies", vec!["GET"]),
            ("POST", "/health/live", vec!["GET"]),
            ("DELETE", "/openapi.json", vec!["GET"]),
            ("PUT", "/api/v1/claims/check", vec!["GET"]),
        ] {
            let answer = api.client().request(method, at).send();
            answer.problem(405, "method_not_allowed");
            for name in allowed {
                assert!(answer.header("allow").contains(name), "{method} {at}");
            }
        }
        for at in ["/nowhere", "/api/v1/nowhere", "/api/v2/projects", "/api/v1/projects/a/b/c"] {
            api.get(at).problem(404, "unknown_path");
        }
    });
}

#[test]
fn head_says_what_get_would() {
    on_both_engines(|api| {
        let made = api.create(PROJECTS, &project("P", "2020"));
        for at in [path(PROJECTS, &made).as_str(), PROJECTS] {
            let get = api.get(at).expect(200);
            let head = api.client().request("HEAD", at).send().expect(200);
            assert!(head.body.is_empty());
            assert_eq!(head.maybe_header("etag"), get.maybe_header("etag"));
            assert_eq!(head.header("content-type"), get.header("content-type"));
            assert_eq!(head.maybe_header("content-length"), get.maybe_header("content-length"));
        }
    });
}

#[test]
fn formats_are_chosen_by_header_or_parameter() {
    on_both_engines(|api| {
        for name in ["Uno", "=HYPERLINK(\"x\")", "Due, \"tre\"\u{e9}"] {
            api.create(ORGANISATIONS, &organisation(name, "IT"));
        }
        let accept =
            |value: &str| api.client().request("GET", ORGANISATIONS).header("Accept", value).send();
        for value in ["*/*", "application/json", "application/*;q=0.5", "text/html, */*;q=0.1"] {
            let answer = accept(value).expect(200);
            assert_eq!(answer.header("content-type"), "application/json", "{value}");
            let vary = answer.header("vary").to_lowercase();
            assert!(vary.contains("accept"), "{vary}");
        }
        let lines = accept("application/x-ndjson").expect(200);
        assert!(lines.header("content-type").starts_with("application/x-ndjson"));
        let text = lines.text();
        let rows: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(rows, api.get(ORGANISATIONS).data());
        let same = api.get(&format!("{ORGANISATIONS}?format=ndjson")).expect(200);
        assert_eq!(same.body, lines.body);

        let table = api.get(&format!("{ORGANISATIONS}?format=csv")).expect(200);
        assert!(table.header("content-type").starts_with("text/csv"));
        assert_eq!(accept("text/csv").expect(200).body, table.body);
        let text = table.text();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.contains("\"Due, \"\"tre\"\"\u{e9}\""), "{text}");
        assert!(!text.contains("\"=HYPERLINK") && !text.contains(",=HYPERLINK"), "{text}");

        for value in ["image/png", "application/json;q=0", "text/html"] {
            accept(value).problem(406, "not_acceptable");
        }
        let problem = api.get(&format!("{ORGANISATIONS}?format=xml"));
        assert!([400, 406].contains(&problem.status), "{}", problem.text());
    });
}

#[test]
fn answers_are_compressed_when_that_pays() {
    on_both_engines(|api| {
        for n in 0..40 {
            api.create(ORGANISATIONS, &organisation(&format!("Organisation {n}"), "IT"));
        }
        let plain = api.get(ORGANISATIONS).expect(200);
        assert!(plain.maybe_header("content-encoding").is_none());
        for encoding in ["gzip", "br", "zstd"] {
            let client = api.client();
            let request = client.request("GET", ORGANISATIONS).header("Accept-Encoding", encoding);
            let answer = request.send().expect(200);
            assert_eq!(answer.header("content-encoding"), encoding);
            assert!(answer.body.len() < plain.body.len() / 2);
            assert!(answer.header("vary").to_lowercase().contains("accept-encoding"));
        }
        let nothing = "identity;q=0, *;q=0";
        let request = api.client().request("GET", ORGANISATIONS).header("Accept-Encoding", nothing);
        request.send().problem(406, "not_acceptable");
    });
}

#[test]
fn a_request_keeps_its_id() {
    on_both_engines(|api| {
        let get = |id: &str| {
            let request = api.client().request("GET", "/api/v1/projects/x");
            request.header("X-Request-Id", id).send()
        };
        assert_eq!(get("my-id-1").problem(400, "invalid_parameters")["request_id"], "my-id-1");
        let long = "x".repeat(200);
        assert_ne!(get(&long).header("x-request-id"), long);
        let (one, other) = (api.get(PROJECTS), api.get(PROJECTS));
        assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    });
}

#[test]
fn bodies_have_a_limit_and_a_deadline() {
    let settings =
        [("CONSORTIA_MAX_BODY_BYTES", "20000"), ("CONSORTIA_REQUEST_TIMEOUT_SECONDS", "2")];
    for engine in Engine::ALL {
        let api = Server::start_with(Place::fresh(engine), &settings);
        let fits = json!({"abstract": {"en": "x".repeat(19_000)}});
        api.client().post(PROJECTS, &fits).expect(201);
        let large = json!({"abstract": {"en": "x".repeat(21_000)}});
        api.client().post(PROJECTS, &large).problem(413, "body_too_large");

        // A body that arrives a byte at a time does not keep its connection for ever.
        let mut slow = raw::connect(api.base());
        let head = format!(
            "POST {PROJECTS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nAuthorization: Bearer {}\r\n\
             Content-Length: 1000\r\n\r\n{{",
            api.token("editor")
        );
        slow.write_all(head.as_bytes()).expect("sent");
        let answer = raw::read_to_close(&mut slow);
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
        assert!(answer.contains("request_timeout"), "{answer}");
    }
}

#[test]
fn an_answer_names_the_first_of_very_many_faults() {
    on_both_engines(|api| {
        let named = |faults: usize| {
            let body: serde_json::Map<String, Value> =
                (0..faults).map(|n| (format!("field_{n:05}"), json!(1))).collect();
            let problem = api.post(PROJECTS, &Value::Object(body)).problem(422, "invalid_body");
            let errors = problem["errors"].as_array().expect("faults").len();
            (errors, problem["detail"].as_str().expect("a sentence").to_owned())
        };
        let (errors, detail) = named(200);
        assert_eq!((errors, &*detail), (200, "200 faults were found; 'errors' names each."));
        let (errors, detail) = named(10_000);
        let told = "10000 faults were found; 'errors' names the first 200.";
        assert_eq!((errors, &*detail), (200, told));
    });
}

#[test]
fn the_ways_in_are_where_a_newcomer_looks() {
    on_both_engines(|api| {
        let index = api.get("/api/v1").expect(200).json().to_string();
        for collection in COLLECTIONS {
            assert!(index.contains(collection), "{index}");
        }
        for at in ["/health/live", "/health/ready"] {
            api.get(at).expect(200);
        }
        let document = api.unrecorded().get("/openapi.json").expect(200);
        assert!(document.json()["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")));
        let docs = api.unrecorded().get("/docs");
        assert!([200, 301, 302, 303, 307, 308].contains(&docs.status), "{}", docs.status);
    });
}

#[test]
fn vocabularies_say_every_term_with_its_label() {
    on_both_engines(|api| {
        let lists = api.get("/api/v1/vocabularies").expect(200).data();
        let names = column(&lists, "name");
        for name in ["role", "organisation_type", "project_status", "scheme", "funding_kind"] {
            assert!(names.contains(&name.to_owned()), "{name} is not in {names:?}");
        }
        for list in &lists {
            let terms = list["terms"].as_array().expect("terms");
            assert!(!terms.is_empty(), "{list}");
            for term in terms {
                assert!(term["code"].is_string() && term["label"].is_string(), "{term}");
            }
        }
        let roles = api.get("/api/v1/vocabularies/role").expect(200).json();
        assert_eq!(roles["terms"][0]["code"], "coordinator");
        api.get("/api/v1/vocabularies/nothing").problem(404, "not_found");
    });
}

#[test]
fn what_cannot_be_an_id_is_told_what_is_taken_there() {
    on_both_engines(|api| {
        let admin = api.client().with_token(&api.token("admin"));
        let document = api.get("/openapi.json").json();
        for (collection, elsewhere) in [
            ("accounts", false),
            ("agreements", false),
            ("claims", false),
            ("contacts", false),
            ("drafts", false),
            ("imports", false),
            ("participations", false),
            ("relations", false),
            ("sources", false),
            ("statements", false),
            ("calls", true),
            ("organisations", true),
            ("programmes", true),
            ("projects", true),
        ] {
            let problem = admin.get(&format!("/api/v1/{collection}/xyz"));
            let problem = problem.problem(400, "invalid_parameters");
            let detail = problem["detail"].as_str().expect("a detail");
            assert!(detail.contains("'xyz'") && detail.contains("Expected a UUID"), "{detail}");
            assert_eq!(detail.contains("external"), elsewhere, "{collection}: {detail}");
            let at = format!("/api/v1/{collection}/{{id}}");
            let described = document["paths"][&at]["get"]["parameters"].as_array();
            let mut described = described.expect("parameters").iter();
            let id = described.find(|parameter| parameter["name"] == "id").expect("an id");
            let told = id["description"].as_str().expect("a description");
            assert_eq!(told.contains("external"), elsewhere, "{collection}: {told}");
        }
    });
}
