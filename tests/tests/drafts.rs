//! From a draft to a record, and from a record to its withdrawal.

use consortia_tests::people::{ACCOUNTS, administrator, person};
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, column, id, organisation, path, project};
use consortia_tests::unzip::unpacked;
use consortia_tests::{Client, Engine, Place, Server, on_both_engines, on_each_engine};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::thread;

pub(crate) const DRAFTS: &str = "/api/v1/drafts";
/// A word that is in drafts only.
pub(crate) const SECRET: &str = "Zyxwvut";

pub(crate) fn draft(client: &Client, kind: &str, content: &Value) -> Value {
    client.post(DRAFTS, &json!({"kind": kind, "content": content})).expect(201).json()
}

fn publish(client: &Client, draft: &Value) -> consortia_tests::Answer {
    let at = path(DRAFTS, draft);
    let tag = client.get(&at).maybe_header("etag").unwrap_or("\"1-0000000000000000\"").to_owned();
    client.request("POST", &format!("{at}/publication")).header("If-Match", &tag).send()
}

/// An organisation of the registry.
pub(crate) fn registered(api: &Server, name: &str) -> Value {
    api.post(ORGANISATIONS, &organisation(name, "IT")).expect(201).json()
}

/// A project in draft with a participation of `of` in draft.
pub(crate) fn prepared(client: &Client, of: &Value) -> (Value, Value) {
    let led = draft(client, "project", &json!({"acronym": SECRET, "period": "2024/2026"}));
    let seat = json!({
        "kind": "participation", "project_id": led["id"],
        "content": {"organisation_id": of["id"], "role": "coordinator"}
    });
    let seat = client.post(DRAFTS, &seat).expect(201).json();
    (led, seat)
}

#[test]
fn nothing_but_its_address_shows_a_draft() {
    on_both_engines(|api| {
        let own = registered(api, "Ours");
        let anna = person(api, "anna", "editor", &[&own]);
        let (led, seat) = prepared(&anna, &own);
        draft(&anna, "organisation", &organisation(SECRET, "FR"));
        draft(&anna, "source", &json!({"title": SECRET}));
        let stranger = person(api, "eve", "editor", &[]);
        let admin = administrator(api);
        let document = api.get("/openapi.json").expect(200).json();
        let mut asked = 0;
        for (template, operations) in document["paths"].as_object().expect("paths") {
            if operations["get"].is_null() || template.starts_with(DRAFTS) {
                continue;
            }
            for named in [&led, &seat, &own] {
                let at = template.replace("{id}", id(named)).replace("{n}", "1");
                let at = at.replace("{name}", "role").replace("{check}", "same_name");
                let anybody = api.client().without_token();
                for (n, client) in [&anna, &stranger, &admin, &anybody].into_iter().enumerate() {
                    let answer = client.unrecorded().get(&at);
                    assert!(answer.status < 500, "{at}: {}", answer.text());
                    // Whoever made it is given everything that is known of them.
                    let own_data = at.ends_with("/me/data") && n == 0;
                    let shown = unpacked(answer.bytes());
                    assert_eq!(shown.contains(SECRET), own_data, "{at}: {shown}");
                    asked += 1;
                }
            }
        }
        assert!(asked > 500, "{asked} answers were looked at");
        for list in [ORGANISATIONS, PROJECTS, "/api/v1/participations", "/api/v1/sources"] {
            let found = admin.get(&format!("{list}?q={SECRET}")).expect(200);
            assert_eq!(found.total(), 0, "{list}");
        }
        assert_eq!(admin.get(PROJECTS).total(), 0);
        let at = path(DRAFTS, &led);
        stranger.get(&at).problem(404, "not_found");
        assert_eq!(stranger.get(DRAFTS).expect(200).total(), 0);
        api.anonymous().get(&at).problem(401, "token_required");
        stranger.request("DELETE", &at).header("If-Match", "*").send().problem(404, "not_found");
        publish(&stranger, &led).problem(404, "not_found");
        for path in ["revisions", "state"] {
            admin.get(&format!("{PROJECTS}/{}/{path}", id(&led))).problem(404, "not_found");
        }
    });
}

#[test]
fn those_who_act_for_the_same_organisation_share_drafts() {
    on_both_engines(|api| {
        let own = registered(api, "Ours");
        let anna = person(api, "anna", "editor", &[&own]);
        let bice = person(api, "bice", "editor", &[&own]);
        let staff = person(api, "staff", "staff", &[]);
        let made = draft(&anna, "project", &json!({"acronym": "ONE"}));
        let at = path(DRAFTS, &made);
        assert_eq!(staff.get(&at).expect(200).json(), made);
        let tag = bice.get(&at).expect(200).etag().to_owned();
        let new = json!({"kind": "project", "content": {"acronym": "TWO"}});
        let put =
            |client: &Client| client.request("PUT", &at).header("If-Match", &tag).json(&new).send();
        put(&bice).expect(200);
        put(&anna).problem(412, "stale_version");
        assert_eq!(column(&anna.get(DRAFTS).expect(200).data(), "label"), ["TWO"]);
        assert_eq!(anna.get(&format!("{DRAFTS}?kind=call")).expect(200).total(), 0);
        let token = anna.post(
            "/api/v1/read-tokens",
            &json!({"label": "Board", "scopes": ["drafts"], "expires_at": "2027-06-01T00:00:00Z"}),
        );
        let token = token.expect(201).json();
        let board = api.client().with_token(token["token"].as_str().expect("a token"));
        assert_eq!(board.get(DRAFTS).expect(200).total(), 1);
        bice.request("DELETE", &at).header("If-Match", "*").send().expect(204);
        anna.get(&at).problem(404, "not_found");
    });
}

#[test]
fn a_project_is_published_with_its_participations() {
    on_both_engines(|api| {
        let (own, partner) = (registered(api, "Ours"), registered(api, "Partner"));
        let anna = person(api, "anna", "editor", &[&own]);
        let (led, _) = prepared(&anna, &own);
        let other = json!({
            "kind": "participation", "project_id": led["id"],
            "content": {"organisation_id": partner["id"], "role": "participant"}
        });
        anna.post(DRAFTS, &other).expect(201);
        let partners = format!("{}/partners", path(ORGANISATIONS, &own));
        assert_eq!(api.get(&partners).expect(200).total(), 0);
        let published = publish(&anna, &led).expect(201);
        assert_eq!(published.json()["data"].as_array().map(Vec::len), Some(3));
        let at = published.header("location").to_owned();
        assert_eq!(at, path(PROJECTS, &led));
        let record = api.get(&format!("{at}?include=participations")).expect(200).json();
        assert_eq!(record["acronym"], SECRET);
        assert_eq!(record["participations"].as_array().map(Vec::len), Some(2));
        assert_eq!(api.get(&partners).expect(200).total(), 1);
        let history = api.get(&format!("{at}/revisions")).expect(200).data();
        assert_eq!(column(&history, "action"), ["created"]);
        anna.get(&path(DRAFTS, &led)).problem(404, "not_found");
        assert_eq!(anna.get(DRAFTS).expect(200).total(), 0);
    });
}

#[test]
fn what_cannot_be_published_stays_a_draft() {
    on_both_engines(|api| {
        let own = registered(api, "Ours");
        let anna = person(api, "anna", "editor", &[&own]);
        let refused = anna.post(
            DRAFTS,
            &json!({"kind": "project", "content": {"period": "2024-13", "colour": "blue"}}),
        );
        let refused = refused.problem(422, "invalid_body");
        let faults = refused["errors"].as_array().expect("errors");
        assert_eq!(column(faults, "pointer"), ["/content/period", "/content/colour"]);
        let nowhere = json!({"kind": "participation", "content": {}});
        let refused = anna.post(DRAFTS, &nowhere).problem(422, "invalid_body");
        assert_eq!(refused["errors"][0]["pointer"], "/project_id");
        let inside = json!({
            "kind": "participation",
            "content": {
                "project_id": own["id"], "organisation_id": own["id"], "role": "coordinator"
            }
        });
        let refused = anna.post(DRAFTS, &inside).problem(422, "invalid_body");
        let faults = refused["errors"].as_array().expect("errors");
        assert_eq!(column(faults, "pointer"), ["/content/project_id"]);
        assert_eq!(faults[0]["detail"], "Give 'project_id' beside 'content', not in it.");
        // A partner that is a draft itself comes first.
        let partner = draft(&anna, "organisation", &organisation("New", "FR"));
        let (led, seat) = prepared(&anna, &partner);
        let refused = publish(&anna, &seat).problem(422, "invalid_body");
        assert_eq!(refused["errors"][0]["pointer"], "/project_id");
        let refused = publish(&anna, &led).problem(422, "invalid_body");
        assert_eq!(refused["errors"][0]["pointer"], "/content/organisation_id");
        api.get(&path(PROJECTS, &led)).problem(404, "not_found");
        assert_eq!(anna.get(DRAFTS).expect(200).total(), 3);
        publish(&anna, &partner).expect(201);
        publish(&anna, &led).expect(201);
        // What would belong to others is not published either.
        let theirs = api.post(PROJECTS, &project("THEIRS", "2020")).expect(201).json();
        let seat = json!({
            "kind": "participation", "project_id": theirs["id"],
            "content": {"organisation_id": own["id"], "role": "coordinator"}
        });
        let seat = anna.post(DRAFTS, &seat).expect(201).json();
        publish(&anna, &seat).problem(403, "not_yours");
        let claim = json!({"organisation_id": partner["id"], "figures": {"partners": 3}});
        let claim = draft(&anna, "claim", &claim);
        publish(&anna, &claim).expect(201);
        assert_eq!(anna.get(DRAFTS).expect(200).total(), 1);
    });
}

#[test]
fn nobody_plants_a_part_in_a_draft_they_do_not_see() {
    on_both_engines(|api| {
        let (own, others) = (registered(api, "Ours"), registered(api, "Theirs"));
        let anna = person(api, "anna", "editor", &[&own]);
        let eve = person(api, "eve", "editor", &[&others]);
        let staff = person(api, "staff", "staff", &[]);
        let led = draft(&anna, "project", &json!({"acronym": "LED"}));
        let seat = |project: &Value| {
            let content = json!({"organisation_id": others["id"], "role": "coordinator"});
            let body = json!({"kind": "participation", "project_id": project, "content": content});
            eve.post(DRAFTS, &body).problem(422, "invalid_body")
        };
        let (known, unknown) =
            (seat(&led["id"]), seat(&json!("0198c0de-0000-7000-8000-00000000dead")));
        assert_eq!(known["errors"][0]["code"], unknown["errors"][0]["code"]);
        // Published by somebody else, it is its maker's all the same.
        let published = publish(&staff, &led).expect(201);
        assert_eq!(published.json()["data"].as_array().map(Vec::len), Some(1));
        let at = published.header("location");
        let tag = api.get(at).expect(200).etag().to_owned();
        eve.patch(at, &tag, &json!({"acronym": "EVE"})).problem(403, "not_yours");
        anna.patch(at, &tag, &json!({"acronym": "ANNA"})).expect(200);
    });
}

#[test]
fn a_part_outlives_the_draft_of_its_project() {
    on_both_engines(|api| {
        let own = registered(api, "Ours");
        let mira = person(api, "mira", "editor", &[&own]);
        let bice = person(api, "bice", "editor", &[&own]);
        let admin = administrator(api);
        let led = draft(&mira, "project", &json!({"acronym": "LED"}));
        let seat = |project: &Value, role: &str| {
            json!({"kind": "participation", "project_id": project["id"],
                   "content": {"organisation_id": own["id"], "role": role}})
        };
        let seats = ["coordinator", "participant"]
            .map(|role| bice.post(DRAFTS, &seat(&led, role)).expect(201).json());
        let [at, other] = seats.each_ref().map(|made| path(DRAFTS, made));
        let holder = mira.get("/api/v1/accounts/me").expect(200).json();
        admin.unrecorded().delete(&path(ACCOUNTS, &holder), "*").expect(200);
        bice.get(&path(DRAFTS, &led)).problem(404, "not_found");
        assert_eq!(bice.get(DRAFTS).expect(200).total(), 2);
        // It is changed where it is, and published where there is a project.
        let tag = bice.get(&at).expect(200).etag().to_owned();
        let tag = bice.put(&at, &tag, &seat(&led, "participant")).expect(200).etag().to_owned();
        let refused = publish(&bice, &seats[0]).problem(422, "invalid_body");
        assert_eq!(refused["errors"][0]["pointer"], "/project_id");
        let detail = refused["errors"][0]["detail"].as_str().expect("a detail");
        assert!(detail.contains("give the draft another `project_id`"), "{detail}");
        let next = draft(&bice, "project", &json!({"acronym": "NEXT"}));
        bice.put(&at, &tag, &seat(&next, "participant")).expect(200);
        assert_eq!(publish(&bice, &next).expect(201).json()["data"][1]["id"], seats[0]["id"]);
        bice.delete(&other, "*").expect(204);
        assert_eq!(bice.get(DRAFTS).expect(200).total(), 0);
    });
}

#[test]
fn whose_a_record_is_withdraws_it_and_says_why() {
    on_both_engines(|api| {
        let own = registered(api, "Ours");
        let anna = person(api, "anna", "editor", &[&own]);
        let stranger = person(api, "eve", "editor", &[]);
        let (led, _) = prepared(&anna, &own);
        let at = publish(&anna, &led).expect(201).header("location").to_owned();
        let reason = json!({"reason": "Never funded"});
        let withdraw = |client: &Client, at: &str, body: &Value| {
            let tag = client.get(at).expect(200).etag().to_owned();
            let request = client.request("POST", &format!("{at}/withdrawal"));
            request.header("If-Match", &tag).json(body).send()
        };
        withdraw(&stranger, &at, &reason).problem(403, "not_yours");
        withdraw(&anna, &at, &json!({})).problem(422, "invalid_body");
        withdraw(&anna, &path(ORGANISATIONS, &own), &reason).problem(409, "in_use");
        withdraw(&anna, &at, &reason).expect(204);
        let gone = api.get(&at).problem(410, "gone");
        let detail = gone["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("withdrawn") && detail.ends_with(": Never funded"), "{detail}");
        assert_eq!(api.get(PROJECTS).total(), 0);
        let history = api.get(&format!("{at}/revisions")).expect(200).data();
        assert_eq!(column(&history, "action"), ["created", "deleted"]);
        assert_eq!(history[1]["change"], reason);
        let before = api.get(&format!("{at}/state?version=1")).expect(200).json();
        assert_eq!(before["content"]["acronym"], SECRET);
        withdraw(&anna, &path(ORGANISATIONS, &own), &reason).expect(204);
    });
}

/// Puts so many copies of the only draft beside it.
fn copied(api: &Server, copies: u32) {
    let id = match api.engine() {
        Engine::Sqlite => "randomblob(16)",
        Engine::Postgres => "gen_random_uuid()",
    };
    let _ = api.place().query(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) \
         INSERT INTO drafts (id, kind, content, made_by, version, created_at, updated_at, bytes) \
         SELECT {id}, kind, content, made_by, version, created_at, updated_at, bytes \
         FROM drafts, n"
    ));
}

#[test]
fn one_has_so_many_drafts_and_no_more_however_many_ask_at_once() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let anna = person(&api, "anna", "editor", &[]).unrecorded();
        let content = json!({"title": "A page"});
        let made = draft(&anna, "source", &content);
        copied(&api, 4995);
        let wanted = json!({"kind": "source", "content": content});
        let answers: Vec<consortia_tests::Answer> = thread::scope(|scope| {
            let ask = || anna.post(DRAFTS, &wanted);
            let asked: Vec<_> = (0..10).map(|_| scope.spawn(ask)).collect();
            asked.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        let (made_now, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(made_now.len(), 4, "{engine:?}: 4996 were there, 5000 may be");
        for answer in refused {
            let told = answer.problem(422, "invalid_body");
            assert_eq!(told["errors"][0]["code"], "too_many");
        }
        // Others have their own; published or thrown away, one makes room.
        let bice = person(&api, "bice", "editor", &[]).unrecorded();
        bice.post(DRAFTS, &wanted).expect(201);
        publish(&anna, &made).expect(201);
        anna.post(DRAFTS, &wanted).expect(201);
        anna.post(DRAFTS, &wanted).problem(422, "invalid_body");
        let at = made_now[0].header("location");
        anna.delete(at, made_now[0].etag()).expect(204);
        anna.post(DRAFTS, &wanted).expect(201);
    });
}

#[test]
fn drafts_hold_so_much_and_lists_of_them_end_when_they_get_long() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let anna = person(&api, "anna", "editor", &[]).unrecorded();
        let of = |letter: &str| {
            let text = letter.repeat(100_000);
            json!({"acronym": "LONG", "abstract": {"en": text, "it": text}})
        };
        let made = draft(&anna, "project", &of("a"));
        copied(&api, 119);
        let page = anna.get(&format!("{DRAFTS}?limit=1000")).expect(200);
        assert_eq!(page.total(), 120);
        let length = page.data().len();
        assert!((10..32).contains(&length), "{length} of 200 kB are on a page of 4 MiB");
        let all = anna.walk(&format!("{DRAFTS}?limit=1000"));
        let ids: BTreeSet<&str> = all.iter().map(id).collect();
        assert_eq!((all.len(), ids.len()), (120, 120), "all of them, none twice");
        let lines = anna.get(&format!("{DRAFTS}?format=ndjson")).expect(200).text();
        assert_eq!(lines.lines().count(), 120, "a whole list goes on");

        // What they were before counts.
        let of_maker = "SELECT sum(bytes) FROM drafts";
        let held = || api.place().query(of_maker)[0].parse::<u64>().expect("a number");
        let before = held();
        let at = path(DRAFTS, &made);
        let change = json!({"kind": "project", "content": of("b")});
        let changed = anna.put(&at, anna.get(&at).etag(), &change).expect(200);
        assert!((200_000..210_000).contains(&(held() - before)), "{before} then {}", held());
        let _ = api.place().query("UPDATE drafts SET bytes = 0");
        let _ = api
            .place()
            .query("UPDATE drafts SET bytes = 67008864 WHERE id = (SELECT id FROM drafts LIMIT 1)");
        let refused = anna.post(DRAFTS, &change).problem(422, "invalid_body");
        assert_eq!(refused["errors"][0]["code"], "too_large");
        let detail = refused["errors"][0]["detail"].as_str().expect("one").to_owned();
        assert!(detail.contains("of which 100000 are free"), "{detail}");
        let again = json!({"kind": "project", "content": of("c")});
        anna.put(&at, changed.etag(), &again).problem(422, "invalid_body");
        let small = json!({"kind": "source", "content": {"title": "A page"}});
        anna.post(DRAFTS, &small).expect(201);
        let bice = person(&api, "bice", "editor", &[]).unrecorded();
        bice.post(DRAFTS, &change).expect(201);
    });
}
