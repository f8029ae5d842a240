//! Who may do what: every operation of the document, tried by everybody.

use consortia_tests::people::{ACCOUNTS, person};
use consortia_tests::samples::{id, organisation, path, project};
use consortia_tests::{Client, on_both_engines};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Whom an operation lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    /// Anybody.
    All,
    /// Whoever has an account or a token and may write at all.
    Writers,
    /// Whose the record is, and staff.
    Owners,
    /// Staff and administrators.
    Staff,
    /// Administrators.
    Admins,
    /// Whoever has opened an account.
    Holders,
    /// Whose the record is, and staff; to everybody else there is none.
    Hidden,
}

/// The operations that are not those every kind of record has.
const OTHERS: &[(For, &[&str])] = &[
    (
        For::All,
        &[
            "list_resources",
            "create_session",
            "create_session_renewal",
            "get_agreement_yield",
            "get_claim_report",
            "get_claim_check",
            "list_network_communities",
            "list_network_community_members",
            "get_organisation_comparison",
            "get_country_network",
            "get_diversity_bounds",
            "get_network_path",
            "list_network_ranking",
            "get_network_summary",
            "list_organisation_agreements",
            "get_organisation_diversity",
            "list_organisation_members",
            "get_organisation_network",
            "list_organisation_partners",
            "get_organisation_profile",
            "list_organisation_projects",
            "list_organisation_relations",
            "get_programme_tree",
            "get_project_funding",
            "list_project_participations",
            "list_project_relations",
            "list_themes",
            "list_theme_vocabularies",
            "list_vocabularies",
            "get_vocabulary",
            "get_liveness",
            "get_readiness",
        ],
    ),
    (
        For::Writers,
        &[
            "list_read_tokens",
            "create_read_token",
            "delete_read_token",
            "list_drafts",
            "create_draft",
        ],
    ),
    (
        For::Hidden,
        &[
            "get_contact",
            "update_contact",
            "delete_contact",
            "get_draft",
            "replace_draft",
            "delete_draft",
            "create_draft_publication",
        ],
    ),
    (
        For::Owners,
        &[
            "list_organisation_contacts",
            "create_organisation_contact",
            "list_project_contacts",
            "create_project_contact",
        ],
    ),
    (For::Staff, &["get_quality_summary", "list_quality_findings"]),
    (
        For::Admins,
        &[
            "get_bundle",
            "get_workbook",
            "list_imports",
            "get_import",
            "start_import",
            "list_accounts",
            "get_account",
            "create_account",
            "update_account",
            "delete_account",
            "replace_account_password",
            "get_account_data",
        ],
    ),
    (For::Holders, &["get_own_account", "get_own_data", "replace_own_password", "delete_session"]),
];

/// The kinds of records, and whom creating one lets through.
const KINDS: [(&str, For); 10] = [
    ("agreement", For::Owners),
    ("call", For::Writers),
    ("claim", For::Owners),
    ("organisation", For::Writers),
    ("participation", For::Owners),
    ("programme", For::Writers),
    ("project", For::Writers),
    ("relation", For::Owners),
    ("source", For::Writers),
    ("statement", For::Owners),
];

/// Whom each operation lets through, by its name.
fn expected() -> BTreeMap<String, For> {
    let mut all = BTreeMap::new();
    for (who, names) in OTHERS {
        all.extend(names.iter().map(|name| ((*name).to_owned(), *who)));
    }
    for (kind, creating) in KINDS {
        for (who, name) in [
            (For::All, format!("list_{kind}s")),
            (For::All, format!("get_{kind}")),
            (creating, format!("create_{kind}")),
            (For::Owners, format!("replace_{kind}")),
            (For::Owners, format!("update_{kind}")),
            (For::Staff, format!("delete_{kind}")),
            (For::All, format!("list_{kind}_revisions")),
            (For::All, format!("get_{kind}_state")),
            (For::Owners, format!("create_{kind}_revision")),
            (For::Owners, format!("create_{kind}_withdrawal")),
        ] {
            all.insert(name, who);
        }
    }
    all
}

/// One record of each kind that is the editor's own, by the path of its collection.
pub(crate) fn own_records(staff: &Client, editor: &Client, own: &Value) -> BTreeMap<String, Value> {
    let post =
        |client: &Client, path: &str, body: &Value| client.post(path, body).expect(201).json();
    let contacts = format!("{}/contacts", path("/api/v1/organisations", own));
    let contact = post(editor, &contacts, &json!({"name": "Anna Bianchi"}));
    let mut records = BTreeMap::new();
    let mut keep = |collection: &str, record: Value| {
        records.insert(format!("/api/v1/{collection}"), record.clone());
        record
    };
    keep("organisations", own.clone());
    keep("contacts", contact);
    let draft = json!({"kind": "source", "content": {"title": "A page"}});
    keep("drafts", post(editor, "/api/v1/drafts", &draft));
    // Registered by somebody else: theirs because their organisation coordinates it.
    let led = keep("projects", post(staff, "/api/v1/projects", &project("LED", "2020")));
    let at = format!("{}/participations", path("/api/v1/projects", &led));
    let seat = json!({"organisation_id": own["id"], "role": "coordinator"});
    keep("participations", post(staff, &at, &seat));
    let next = post(staff, "/api/v1/projects", &project("NEXT", "2022"));
    let relation = json!({
        "kind": "continues", "between": "projects", "from_id": led["id"], "to_id": next["id"]
    });
    keep("relations", post(staff, "/api/v1/relations", &relation));
    let third = post(staff, "/api/v1/organisations", &organisation("Third", "DE"));
    let agreement = json!({"titles": {"en": "Together"}, "party_ids": [own["id"], third["id"]]});
    keep("agreements", post(staff, "/api/v1/agreements", &agreement));
    let claim = json!({"organisation_id": own["id"], "figures": {"partners": 3}});
    keep("claims", post(staff, "/api/v1/claims", &claim));
    let statement = json!({
        "about_kind": "organisation", "about_id": own["id"], "field": "founded",
        "value": "1991", "basis": "inferred"
    });
    keep("statements", post(staff, "/api/v1/statements", &statement));
    // Theirs because they registered it.
    keep("sources", post(editor, "/api/v1/sources", &json!({"title": "A page"})));
    let programme = json!({"level": "programme", "titles": {"en": "Our programme"}});
    keep("programmes", post(editor, "/api/v1/programmes", &programme));
    keep("calls", post(editor, "/api/v1/calls", &json!({"identifier": "OURS-1"})));
    records
}

/// An operation, ready to be sent.
struct Attempt {
    id: String,
    method: String,
    path: String,
    body: Option<(String, String)>,
    /// Whether it is aimed at a record that is there.
    aimed: bool,
}

impl Attempt {
    /// The operation as the document describes it, aimed at the editor's own records.
    fn of(path: &str, method: &str, operation: &Value, own: &BTreeMap<String, Value>) -> Self {
        let collection = path.split('/').take(4).collect::<Vec<_>>().join("/");
        let record = own.get(&collection).map_or(NOBODY, id);
        let aimed = path.contains("{id}") && record != NOBODY;
        let mut address = path.replace("{id}", record);
        address =
            address.replace("{n}", "1").replace("{name}", "role").replace("{check}", "same_name");
        let types = operation["requestBody"]["content"].as_object();
        let body = types.and_then(|types| types.iter().next()).map(|(media_type, content)| {
            let mut example = content["example"].clone();
            aim(&mut example, own);
            (media_type.clone(), example.to_string())
        });
        let id = operation["operationId"].as_str().expect("a name").to_owned();
        Self { id, method: method.to_uppercase(), path: address, body, aimed }
    }

    /// What `client` is answered, in a request called `name`. Nothing is changed: the version is
    /// of no record.
    fn by(&self, client: &Client, name: &str) -> u16 {
        let mut request = client.request(&self.method, &self.path);
        request = request.header("X-Request-Id", name);
        if self.method != "GET" {
            request = request.header("If-Match", "\"999-0000000000000000\"");
        }
        if let Some((media_type, body)) = &self.body {
            request = request.body(media_type, body.clone());
        }
        request.send().status
    }
}

/// An id of no record.
const NOBODY: &str = "0198c0de-0000-7000-8000-00000000dead";

/// Puts the editor's own records in the place of those that examples name as what they belong to.
fn aim(example: &mut Value, own: &BTreeMap<String, Value>) {
    let own_id = |collection: &str| own[&format!("/api/v1/{collection}")]["id"].clone();
    let of_projects = example["between"] == "projects";
    let about = example["about_kind"].as_str().map(|kind| format!("{kind}s"));
    let Value::Object(fields) = example else { return };
    for (name, value) in fields {
        *value = match name.as_str() {
            "party_ids" => json!([own_id("organisations"), NOBODY]),
            "from_id" if of_projects => own_id("projects"),
            "organisation_id" | "from_id" => own_id("organisations"),
            "about_id" => about.as_deref().map_or(Value::Null, own_id),
            _ => continue,
        };
    }
}

#[test]
fn every_operation_lets_through_whom_it_should() {
    on_both_engines(|api| {
        let staff = person(api, "staff", "staff", &[]).unrecorded();
        let create = |name: &str| {
            staff.post("/api/v1/organisations", &organisation(name, "IT")).expect(201).json()
        };
        let (own, others) = (create("Ours"), create("Theirs"));
        let editor = person(api, "editor", "editor", &[&own]).unrecorded();
        let stranger = person(api, "stranger", "editor", &[&others]).unrecorded();
        let admin = person(api, "admin", "admin", &[]).unrecorded();
        let token = admin.post(
            "/api/v1/read-tokens",
            &json!({"label": "Hall", "scopes": [], "expires_at": "2027-06-01T00:00:00Z"}),
        );
        let token = token.expect(201).json();
        let reader = api.unrecorded().with_token(token["token"].as_str().expect("a token"));
        let records = own_records(&staff, &editor, &own);
        let mut expected = expected();
        let document = api.get("/openapi.json").expect(200).json();
        // Leaving ends a session that others would go on with.
        let leaving = [
            ("a stranger", "editor"),
            ("an owner", "editor"),
            ("staff", "staff"),
            ("an administrator", "admin"),
        ];
        let leaving = leaving.map(|(name, role)| {
            (name, person(api, &format!("{}-leaving", name.replace(' ', "-")), role, &[]))
        });
        let leaving = BTreeMap::from(leaving.map(|(name, client)| (name, client.unrecorded())));
        let (mut wrong, mut refused) = (Vec::new(), Vec::new());
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                let attempt = Attempt::of(path, method, operation, &records);
                let Some(who) = expected.remove(&attempt.id) else {
                    wrong.push(format!("{} is not listed here", attempt.id));
                    continue;
                };
                let hidden = who == For::Hidden;
                if hidden && !attempt.aimed {
                    wrong.push(format!("{} is aimed at nothing", attempt.id));
                }
                for (name, client, may, refusal) in [
                    ("anybody", &api.unrecorded().without_token(), who == For::All, 401),
                    ("a read token", &reader, who == For::All, 403),
                    (
                        "a stranger",
                        &stranger,
                        [For::All, For::Writers, For::Holders].contains(&who),
                        if hidden { 404 } else { 403 },
                    ),
                    ("an owner", &editor, ![For::Staff, For::Admins].contains(&who), 403),
                    ("staff", &staff, who != For::Admins, 403),
                    ("an administrator", &admin, true, 403),
                ] {
                    let own = leaving.get(name).filter(|_| attempt.id == "delete_session");
                    let request = format!("{}-{}", attempt.id, name.replace(' ', "-"));
                    let status = attempt.by(own.unwrap_or(client), &request);
                    if [401, 403].contains(&status) && attempt.method != "GET" {
                        refused.push(format!("request_id=\"{request}\""));
                    }
                    let opening = attempt.id.starts_with("create_session") && status == 401;
                    let own_password = attempt.id == "replace_own_password" && status == 401;
                    // Whoever may finds what is there.
                    let unseen = attempt.aimed && status == 404;
                    let let_through = !([401, 403].contains(&status) || unseen)
                        || opening
                        || (own_password && may);
                    if let_through != may || (!may && status != refusal) || status >= 500 {
                        wrong.push(format!("{} by {name}: {status}", attempt.id));
                    }
                }
            }
        }
        wrong.extend(expected.into_keys().map(|name| format!("{name} is not in the document")));
        let log = api.log();
        let told: Vec<_> = log.lines().filter(|line| line.contains("log=\"security\"")).collect();
        let untold = |request: &&String| !told.iter().any(|line| line.contains(request.as_str()));
        let untold = refused.iter().filter(untold);
        wrong.extend(untold.map(|request| format!("{request} is not in the security log")));
        assert_eq!(refused.len(), 248, "writes that were refused, each told there");
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

#[test]
fn the_only_administrator_stays_one() {
    on_both_engines(|api| {
        let anna = person(api, "anna", "admin", &[]);
        let own = anna.get(&format!("{ACCOUNTS}/me")).expect(200);
        let at = path(ACCOUNTS, &own.json());
        let refused = |change: &Value| {
            let told = anna.patch(&at, own.etag(), change).problem(409, "last_administrator");
            assert!(told["detail"].as_str().is_some_and(|it| it.contains("`consortia user`")));
        };
        refused(&json!({"role": "staff"}));
        refused(&json!({"disabled": true}));
        anna.delete(&at, own.etag()).problem(409, "last_administrator");
        // Who is shut administers nothing.
        let bice = person(api, "bice", "admin", &[]);
        let hers = bice.get(&format!("{ACCOUNTS}/me")).expect(200);
        let there = path(ACCOUNTS, &hers.json());
        let shut = anna.patch(&there, hers.etag(), &json!({"disabled": true})).expect(200);
        refused(&json!({"role": "editor"}));
        anna.patch(&there, shut.etag(), &json!({"disabled": false})).expect(200);
        anna.patch(&at, own.etag(), &json!({"role": "editor"})).expect(200);
        anna.patch(&at, own.etag(), &json!({"role": "admin"})).problem(403, "role_required");
    });
}
