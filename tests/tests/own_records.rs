//! What is an editor's own, and what is not or not any more.

use consortia_tests::people::person;
use consortia_tests::samples::{id, organisation, path, project};
use consortia_tests::{Client, Engine, Place, Server, on_both_engines};
use serde_json::{Value, json};

#[test]
fn what_belongs_to_others_cannot_be_taken() {
    on_both_engines(|api| {
        let staff = api.client();
        let create = |body: &Value| staff.post("/api/v1/organisations", body).expect(201).json();
        let own = create(&organisation("Ours", "IT"));
        let others = create(&organisation("Theirs", "IT"));
        let editor = person(api, "editor", "editor", &[&own]);
        let theirs = staff.post("/api/v1/projects", &project("THEIRS", "2020")).expect(201).json();
        let at = format!("{}/participations", path("/api/v1/projects", &theirs));
        let seat = json!({"organisation_id": own["id"], "role": "coordinator"});
        editor.post(&at, &seat).problem(403, "not_yours");
        // A partner of a project does not change it; its coordinator does.
        let partner = staff
            .post(&at, &json!({"organisation_id": own["id"], "role": "participant"}))
            .expect(201);
        let part = partner.header("location").to_owned();
        editor
            .patch(&part, partner.etag(), &json!({"role": "coordinator"}))
            .problem(403, "not_yours");
        // What is one's own cannot be made to be of others, nor back.
        let mine = editor.post("/api/v1/projects", &project("MINE", "2021")).expect(201).json();
        let relation = json!({
            "kind": "continues", "between": "projects", "from_id": mine["id"],
            "to_id": theirs["id"]
        });
        let made = editor.post("/api/v1/relations", &relation).expect(201);
        let turned = json!({"from_id": theirs["id"], "to_id": mine["id"]});
        editor.patch(made.header("location"), made.etag(), &turned).problem(403, "not_yours");
        let claim = json!({"organisation_id": others["id"], "figures": {"partners": 3}});
        editor.post("/api/v1/claims", &claim).problem(403, "not_yours");
        let statement = json!({
            "about_kind": "participation", "about_id": id(&partner.json()), "field": "role",
            "value": "coordinator", "basis": "inferred"
        });
        editor.post("/api/v1/statements", &statement).problem(403, "not_yours");
    });
}

#[test]
fn who_leads_no_more_has_no_say_any_more() {
    on_both_engines(|api| {
        let staff = api.client();
        let create = |body: &Value| staff.post("/api/v1/organisations", body).expect(201).json();
        let (own, next) =
            (create(&organisation("Ours", "IT")), create(&organisation("Next", "FR")));
        let editor = person(api, "editor", "editor", &[&own]);
        let led = staff.post("/api/v1/projects", &project("LED", "2020")).expect(201).json();
        let at = path("/api/v1/projects", &led);
        let parts = format!("{at}/participations");
        let seat = |client: &Client, of: &Value, role: &str| {
            client.post(&parts, &json!({"organisation_id": of["id"], "role": role})).expect(201)
        };
        let change = |client: &Client, at: &str, body: &Value| {
            client.patch(at, api.get(at).expect(200).etag(), body)
        };
        let first = seat(staff, &own, "coordinator").header("location").to_owned();
        let kept = seat(&editor, &next, "participant").header("location").to_owned();
        change(&editor, &at, &json!({"acronym": "OURS"})).expect(200);
        change(staff, &first, &json!({"ended": true})).expect(200);
        change(&editor, &at, &json!({"acronym": "BACK"})).problem(403, "not_yours");
        change(staff, &first, &json!({"organisation_id": next["id"]})).expect(200);
        // Not even by what they registered while they led.
        let back = json!({"organisation_id": own["id"], "role": "coordinator"});
        change(&editor, &kept, &back).problem(403, "not_yours");
    });
}

#[test]
fn what_others_registered_does_not_go_with_a_withdrawal() {
    on_both_engines(|api| {
        let editor = person(api, "editor", "editor", &[]);
        let other = person(api, "other", "editor", &[]);
        let post = |client: &Client, body: &Value| {
            client.post("/api/v1/projects", body).expect(201).json()
        };
        let (mine, theirs) =
            (post(&editor, &project("MINE", "2020")), post(&other, &project("X", "2019")));
        let relation = json!({
            "kind": "continues", "between": "projects", "from_id": theirs["id"],
            "to_id": mine["id"]
        });
        let in_the_way = other.post("/api/v1/relations", &relation).expect(201).json();
        let at = path("/api/v1/projects", &mine);
        let tag = editor.get(&at).expect(200).etag().to_owned();
        let withdraw = editor.request("POST", &format!("{at}/withdrawal")).header("If-Match", &tag);
        let refused = withdraw.json(&json!({"reason": "Mine"})).send().problem(409, "in_use");
        assert!(
            refused["detail"].as_str().is_some_and(|it| it.contains("1 relation")),
            "{refused}"
        );
        let named = refused["referred_to_by"].as_array().expect("what stands in the way");
        assert_eq!(named.len(), 1, "{refused}");
        assert_eq!((&named[0]["entity"], &named[0]["count"]), (&json!("relation"), &json!(1)));
        assert_eq!(named[0]["ids"], json!([in_the_way["id"]]));
        api.get(&at).expect(200);
    });
}

#[test]
fn what_others_state_about_it_keeps_a_record_from_being_withdrawn() {
    on_both_engines(|api| {
        let (staff, editor) = (api.client(), person(api, "editor", "editor", &[]));
        let create = |at: &str, body: &Value| {
            let made = editor.post(at, body).expect(201);
            (made.header("location").to_owned(), made.json())
        };
        let (_, one) = create("/api/v1/organisations", &organisation("One", "IT"));
        let (_, other) = create("/api/v1/organisations", &organisation("Other", "FR"));
        let (lone, third) = create("/api/v1/organisations", &organisation("Lone", "DE"));
        let (from_at, from) = create("/api/v1/projects", &project("FROM", "2020"));
        let (to_at, to) = create("/api/v1/projects", &project("TO", "2019"));
        let seat = json!({"organisation_id": one["id"], "role": "participant"});
        let (seat_at, seat) = create(&format!("{from_at}/participations"), &seat);
        let relation = json!({
            "kind": "continues", "between": "projects", "from_id": from["id"], "to_id": to["id"]
        });
        let (relation_at, relation) = create("/api/v1/relations", &relation);
        let parties = json!({"party_ids": [one["id"], other["id"]]});
        let (agreement_at, agreement) = create("/api/v1/agreements", &parties);
        let claim = json!({"organisation_id": one["id"], "figures": {"partners": 3}});
        let (claim_at, claim) = create("/api/v1/claims", &claim);
        for (kind, about, field, value, in_the_way_of) in [
            ("participation", &seat, "role", json!("coordinator"), vec![&seat_at, &from_at]),
            ("relation", &relation, "note", json!("So"), vec![&relation_at, &from_at, &to_at]),
            ("agreement", &agreement, "note", json!("So"), vec![&agreement_at]),
            ("claim", &claim, "figures/partners", json!(4), vec![&claim_at]),
            ("organisation", &third, "founded", json!("1990"), vec![&lone]),
        ] {
            let statement = json!({
                "about_kind": kind, "about_id": about["id"], "field": field, "value": value,
                "basis": "inferred"
            });
            let made = staff.post("/api/v1/statements", &statement).expect(201);
            for at in in_the_way_of {
                let etag = editor.get(at).expect(200).etag().to_owned();
                let withdraw = editor.request("POST", &format!("{at}/withdrawal"));
                let withdraw = withdraw.header("If-Match", &etag);
                let refused = withdraw.json(&json!({"reason": "Mine"})).send();
                let refused = refused.problem(409, "in_use");
                let named = &refused["referred_to_by"];
                assert_eq!(named[0]["entity"], "statement", "{at}: {refused}");
                assert_eq!(named[0]["ids"], json!([made.json()["id"]]), "{at}: {refused}");
            }
            staff.delete(made.header("location"), made.etag()).expect(204);
        }
        // What is one's own does not stand in the way.
        let statement = json!({
            "about_kind": "participation", "about_id": seat["id"], "field": "role",
            "value": "coordinator", "basis": "inferred"
        });
        let (own_at, _) = create("/api/v1/statements", &statement);
        let etag = editor.get(&from_at).expect(200).etag().to_owned();
        let withdraw = editor.request("POST", &format!("{from_at}/withdrawal"));
        let withdraw = withdraw.header("If-Match", &etag);
        withdraw.json(&json!({"reason": "Mine"})).send().expect(204);
        editor.get(&own_at).problem(410, "gone");
    });
}

#[test]
fn a_token_of_the_command_line_acts_for_organisations() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        let staff = api.unrecorded();
        let body = json!({
            "names": [{"value": "Ours", "kind": "legal"}],
            "external_ids": [{"scheme": "pic", "value": "968823876"}]
        });
        let own = staff.post("/api/v1/organisations", &body).expect(201);
        let at = own.header("location");
        for (arguments, status) in [(&[][..], 403), (&["--organisation", "pic:968823876"], 200)] {
            let mut all = vec!["token", "--role", "editor", "--subject", "anna"];
            all.extend(arguments);
            let token = api.place().run(&all);
            let anna = staff.with_token(token.trim());
            anna.patch(at, staff.get(at).etag(), &json!({"sme": true})).expect(status);
        }
    }
}
