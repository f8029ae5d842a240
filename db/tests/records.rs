//! Single records: created, read, changed, deleted, and what is refused.

use crate::common::{content, on_both, write};
use consortia_db::{Actor, idempotency};
use consortia_db::{Db, Error, call, organisation, participation, programme, project, revision};
use consortia_domain::id::{EntityKind, OrganisationId, ProjectId, RecordRef};
use consortia_domain::organisation::{Organisation, OrganisationContent};
use consortia_domain::programme::ProgrammeKey;
use consortia_domain::project::{Project, ProjectContent};
use consortia_domain::revision::{Revision, RevisionAction};
use serde_json::{Value, json};
use uuid::Uuid;

fn new_organisation(db: &Db, body: Value) -> Organisation {
    write(db, move |tx| organisation::create(tx, &content(body))).expect("an organisation")
}

fn new_project(db: &Db, body: Value) -> Project {
    write(db, move |tx| project::create(tx, &content(body))).expect("a project")
}

fn history(db: &Db, kind: EntityKind, id: impl Into<Uuid>) -> Vec<Revision> {
    let id = id.into();
    db.read_blocking(|c| revision::of(c, kind, id, None, 100, 0)).expect("a history").data
}

/// The faults of a refused body as `pointer code`.
fn faults<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors
            .iter()
            .map(|fault| match &fault.at {
                consortia_domain::Location::Pointer(at) => format!("{at} {}", fault.code),
                other => panic!("{other:?}"),
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// Everything an organisation can say.
fn full_organisation() -> Value {
    json!({
        "names": [
            {"value": "Fondazione Iniziative e Studi sulla Multietnicità", "kind": "legal", "language": "it"},
            {"value": "ISMU", "kind": "short", "language": null},
            {"value": "ISMUS", "kind": "alias", "language": null}
        ],
        "country": "IT",
        "place": {
            "city": "Milano", "postcode": "20145", "nuts": "ITC4C",
            "coordinates": {"latitude": 45.4642, "longitude": 9.19}
        },
        "type": "research", "kind": "foundation", "sector": "third_sector",
        "legal_form": "Fondazione ETS", "sme": false, "homepage": "https://www.ismu.org",
        "founded": "1993", "status": "active",
        "external_ids": [
            {"scheme": "pic", "value": "968823876"}, {"scheme": "vat", "value": "IT10412120157"}
        ]
    })
}

#[test]
fn an_organisation_comes_back_as_recorded() {
    on_both(|db| {
        let stated: OrganisationContent = content(full_organisation());
        let made = new_organisation(db, full_organisation());
        assert_eq!(made.content, stated);
        assert_eq!(made.label, "Fondazione Iniziative e Studi sulla Multietnicità");
        assert_eq!(made.stamp.version, 1);
        assert_eq!(made.stamp.created_at, made.stamp.updated_at);
        for wanted in ["pic:968823876".to_owned(), made.id.to_string()] {
            let wanted: RecordRef = wanted.parse().expect("a reference");
            let read = db.read_blocking(|c| organisation::get(c, &wanted)).expect("found");
            assert_eq!(read, made);
        }
        let refs = db.read_blocking(|c| organisation::references(c, &[made.id])).expect("refs");
        assert_eq!(refs[&made.id].short_name.as_deref(), Some("ISMU"));
        // Nothing at all may be known.
        let bare = new_organisation(db, json!({}));
        assert_eq!(bare.content, OrganisationContent::default());
        assert_eq!(bare.label, format!("Organisation {}", bare.id));
    });
}

#[test]
fn a_project_comes_back_as_recorded() {
    on_both(|db| {
        let funder = new_organisation(db, json!({"names": [{"value": "European Commission"}]}));
        let body = json!({"code": "H2020", "titles": {"en": "Horizon 2020"}, "aliases": ["H 2020"],
            "funder_ids": [funder.id], "period": {"start": "2014", "end": "2020"},
            "budget": {"amount": 77_000_000_000.00, "currency": "EUR"}});
        let horizon = write(db, move |tx| programme::create(tx, &content(body))).expect("made");
        let body = json!({"programme_id": horizon.id, "identifier": "H2020-SC6-MIGRATION-2020",
            "year": 2020, "opening_date": "2019-11", "deadlines": ["2020-03-12", "2020-09"]});
        let migration = write(db, move |tx| call::create(tx, &content(body))).expect("made");
        assert_eq!(migration.programme.as_ref().map(|p| p.label.as_str()), Some("Horizon 2020"));
        let body = json!({
            "acronym": "SPRING",
            "titles": {"en": "Sustainable PRactices of INteGration", "it": "Pratiche sostenibili"},
            "abstract": {"en": "First line.\nSecond line with “quotes”."},
            "period": {"start": "2021-03-01", "end": "2023-02"},
            "stated_status": "completed",
            "total_cost": {"amount": 2_108_434.39, "currency": "EUR"},
            "fundings": [
                {"programme_id": horizon.id, "call_id": migration.id, "funder_id": funder.id,
                 "type_of_action": "CSA", "kind": "grant",
                 "amount": {"amount": 377_006.40, "currency": "EUR"}},
                {"kind": "in_kind"}
            ],
            "keywords": ["integration", "Partecipazione"],
            "themes": [{"vocabulary": "euroscivoc", "code": "/29/97/543",
                "label": "government systems",
                "path": "/social sciences/political sciences/government systems"}],
            "homepage": "https://integrationpractices.eu/",
            "external_ids": [{"scheme": "cordis", "value": "101004635"}]
        });
        let stated: ProjectContent = content(body.clone());
        let made = new_project(db, body);
        assert_eq!(made.content, stated);
        assert_eq!(made.label, "SPRING");
        // Open and unknown ends are told apart.
        for period in [json!({"start": "..", "end": "2014-06"}), json!({"end": ".."}), json!({})] {
            let made = new_project(db, json!({"period": period.clone()}));
            assert_eq!(made.content.period, content(period));
        }
    });
}

#[test]
fn every_change_is_logged_as_the_smallest_patch() {
    on_both(|db| {
        let made = new_organisation(db, full_organisation());
        let mut changed = made.content.clone();
        changed.sector = None;
        changed.country = Some("FR".parse().expect("a country"));
        let same = changed.clone();
        let id = made.id;
        let updated = write(db, move |tx| organisation::update(tx, id, Some(1), &changed));
        let updated = updated.expect("an update");
        assert_eq!(updated.stamp.version, 2);
        assert_eq!(updated.content, same);
        assert!(updated.stamp.updated_at > made.stamp.updated_at);
        assert_eq!(updated.stamp.created_at, made.stamp.created_at);
        // Saying the same again is no change.
        let again = write(db, move |tx| organisation::update(tx, id, Some(2), &same));
        assert_eq!(again.expect("no change"), updated);
        let log = history(db, EntityKind::Organisation, id);
        assert_eq!(log.len(), 2);
        assert_eq!(log[0].action, RevisionAction::Created);
        assert_eq!(log[0].change, Some(serde_json::to_value(&made.content).expect("JSON")));
        assert_eq!(log[1].change, Some(json!({"country": "FR", "sector": null})));
        assert_eq!((log[1].version, log[1].actor.as_str()), (2, "user:test"));
        assert_eq!(log[1].at, updated.stamp.updated_at);
    });
}

#[test]
fn who_knows_an_old_version_is_told_the_new_one() {
    on_both(|db| {
        let made = new_project(db, json!({"acronym": "A"}));
        let id = made.id;
        let change = |expected, acronym: &str| {
            let body = json!({"acronym": acronym});
            write(db, move |tx| project::update(tx, id, expected, &content(body)))
        };
        change(Some(1), "B").expect("the first change");
        assert!(matches!(change(Some(1), "C"), Err(Error::Stale { current: 2 })));
        change(None, "C").expect("any version will do");
        let stale = write(db, move |tx| project::delete(tx, id, Some(2)));
        assert!(matches!(stale, Err(Error::Stale { current: 3 })));
    });
}

#[test]
fn what_is_deleted_is_gone_and_remembered() {
    on_both(|db| {
        let partner = new_organisation(db, json!({"external_ids": ["pic:968823876"]}));
        let made =
            new_project(db, json!({"acronym": "SPRING", "external_ids": ["cordis:101004635"]}));
        let body = json!({"organisation_id": partner.id, "role": "coordinator"});
        let (project_id, organisation_id) = (made.id, partner.id);
        let part = write(db, move |tx| participation::create(tx, project_id, &content(body)))
            .expect("a participation");
        assert_eq!(part.organisation.label, "PIC 968823876");
        assert_eq!(part.project.label, "SPRING");
        match write(db, move |tx| organisation::delete(tx, organisation_id, None)) {
            Err(Error::InUse(usages)) => {
                assert_eq!(usages.len(), 1);
                assert_eq!((usages[0].kind, usages[0].count), (EntityKind::Participation, 1));
            }
            other => panic!("{other:?}"),
        }
        write(db, move |tx| project::delete(tx, project_id, Some(1))).expect("a deletion");
        for (kind, id) in [
            (EntityKind::Project, Uuid::from(project_id)),
            (EntityKind::Participation, Uuid::from(part.id)),
        ] {
            let log = history(db, kind, id);
            let last = log.last().expect("a revision");
            assert_eq!((last.action, last.version), (RevisionAction::Deleted, 2));
            assert_eq!(last.change, None);
        }
        let gone = db.read_blocking(|c| project::get(c, &project_id.into()));
        assert!(matches!(gone, Err(Error::Gone { .. })), "{gone:?}");
        let gone = db.read_blocking(|c| participation::get(c, part.id));
        assert!(matches!(gone, Err(Error::Gone { .. })), "{gone:?}");
        let wanted: RecordRef = "cordis:101004635".parse().expect("a reference");
        let unknown = db.read_blocking(|c| project::get(c, &wanted));
        assert!(matches!(unknown, Err(Error::NotFound { .. })), "{unknown:?}");
        let never = db.read_blocking(|c| project::get(c, &ProjectId::generate().into()));
        assert!(matches!(never, Err(Error::NotFound { .. })), "{never:?}");
        write(db, move |tx| organisation::delete(tx, organisation_id, None)).expect("free now");
    });
}

#[test]
fn dangling_references_are_all_named() {
    on_both(|db| {
        let nobody = OrganisationId::generate();
        let body = json!({"fundings": [
            {"kind": "grant"},
            {"programme_id": nobody.to_string(), "funder_id": nobody, "call_id": nobody.to_string()}
        ]});
        let refused = write(db, move |tx| project::create(tx, &content(body)));
        let mut found = faults(refused);
        found.sort();
        assert_eq!(
            found,
            [
                "/fundings/1/call_id dangling_reference",
                "/fundings/1/funder_id dangling_reference",
                "/fundings/1/programme_id dangling_reference",
            ]
        );
        let body = json!({"parent_id": nobody});
        let refused = write(db, move |tx| organisation::create(tx, &content(body)));
        assert_eq!(faults(refused), ["/parent_id dangling_reference"]);
        let made = new_project(db, json!({}));
        let (id, body) = (made.id, json!({"organisation_id": nobody}));
        let refused = write(db, move |tx| participation::create(tx, id, &content(body)));
        assert_eq!(faults(refused), ["/organisation_id dangling_reference"]);
        // A participation in no project is not there to be made.
        let body = json!({"organisation_id": nobody});
        let nowhere = ProjectId::generate();
        let refused = write(db, move |tx| participation::create(tx, nowhere, &content(body)));
        assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    });
}

#[test]
fn identifiers_belong_to_one_record_unless_they_are_shared() {
    on_both(|db| {
        let first = new_organisation(db, full_organisation());
        let body = json!({"external_ids": ["ror:02mhbdp94", "pic:968823876", "vat:IT10412120157"]});
        let refused = write(db, move |tx| organisation::create(tx, &content(body)));
        assert_eq!(faults(refused), ["/external_ids/1 duplicate_external_id"]);
        let second = new_organisation(db, json!({"external_ids": ["vat:IT10412120157"]}));
        let wanted: RecordRef = "vat:IT10412120157".parse().expect("a reference");
        match db.read_blocking(|c| organisation::get(c, &wanted)) {
            Err(Error::Ambiguous { candidates, .. }) => {
                let mut all = [Uuid::from(first.id), second.id.into()];
                all.sort();
                assert_eq!(candidates, all);
            }
            other => panic!("{other:?}"),
        }
        // Keeping one's own is no duplicate, and an identifier given up is free again.
        let (id, mut changed) = (first.id, first.content);
        changed.external_ids.remove(0);
        write(db, move |tx| organisation::update(tx, id, None, &changed)).expect("an update");
        new_organisation(db, json!({"external_ids": ["pic:968823876"]}));
    });
}

#[test]
fn nothing_lies_below_itself() {
    on_both(|db| {
        let top = new_organisation(db, json!({}));
        let below = new_organisation(db, json!({"parent_id": top.id}));
        let (id, body) = (top.id, json!({"parent_id": below.id}));
        let refused = write(db, move |tx| organisation::update(tx, id, None, &content(body)));
        assert_eq!(faults(refused), ["/parent_id cycle"]);
        let make = |body: Value| {
            write(db, move |tx| programme::create(tx, &content(body))).expect("a programme")
        };
        let a = make(json!({"code": "A"}));
        let b = make(json!({"code": "B", "parent_id": a.id}));
        let c = make(json!({"code": "C", "parent_id": b.id}));
        for parent in [a.id, b.id, c.id] {
            let (id, body) = (a.id, json!({"code": "A", "parent_id": parent}));
            let refused = write(db, move |tx| programme::update(tx, id, None, &content(body)));
            assert_eq!(faults(refused), ["/parent_id cycle"]);
        }
        let id = a.id;
        match write(db, move |tx| programme::delete(tx, id, None)) {
            Err(Error::InUse(usages)) => assert_eq!(usages[0].kind, EntityKind::Programme),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn the_tree_counts_each_project_once() {
    on_both(|db| {
        let make = |body: Value| {
            write(db, move |tx| programme::create(tx, &content(body))).expect("a programme")
        };
        let top = make(json!({"code": "ERASMUS", "level": "programme"}));
        let two = make(json!({"code": "KA2", "parent_id": top.id, "aliases": ["Key action 2"]}));
        let one = make(json!({"code": "KA1", "parent_id": top.id}));
        for programmes in [vec![one.id, two.id], vec![two.id], vec![top.id, two.id], vec![]] {
            let fundings: Vec<_> =
                programmes.iter().map(|id| json!({"programme_id": id, "kind": "grant"})).collect();
            new_project(db, json!({"fundings": fundings}));
        }
        let tree = db.read_blocking(|c| programme::tree(c, None)).expect("the trees");
        assert_eq!(tree.len(), 1);
        assert_eq!(tree[0].projects, 3);
        let below: Vec<_> = tree[0]
            .children
            .iter()
            .map(|node| (node.programme.label.as_str(), node.projects))
            .collect();
        assert_eq!(below, [("KA1", 1), ("KA2", 3)]);
        let key = ProgrammeKey::Id(two.id.into());
        let branch = db.read_blocking(|c| programme::tree(c, Some(&key))).expect("a branch");
        assert_eq!((branch.len(), branch[0].projects), (1, 3));
    });
}

#[test]
fn histories_are_paged_and_the_feed_is_in_order() {
    on_both(|db| {
        let made = new_project(db, json!({"acronym": "0"}));
        let id = made.id;
        for n in 1..7 {
            let body = json!({"acronym": n.to_string()});
            write(db, move |tx| project::update(tx, id, Some(n), &content(body)))
                .expect("a change");
        }
        let mut cursor = None;
        let mut versions = Vec::new();
        loop {
            let page = db
                .read_blocking(|c| {
                    revision::of(c, EntityKind::Project, id.into(), cursor.as_ref(), 3, 7)
                })
                .expect("a page");
            assert_eq!(page.total, 7);
            versions.extend(page.data.iter().map(|revision| revision.version));
            cursor = page.next;
            match &cursor {
                Some(cursor) => assert_eq!(cursor.fingerprint, 7),
                None => break,
            }
        }
        assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7]);
        let feed = db.read_blocking(|c| revision::since(c, 0, 100)).expect("the feed");
        assert!(feed.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        let last = db.read_blocking(revision::last).expect("the last").expect("one");
        assert_eq!((last.0, last.1), (feed[6].seq, feed[6].at));
    });
}

#[test]
fn a_repeated_request_is_answered_as_before() {
    on_both(|db| {
        let ask = |actor: &str, key: &'static str, hash: &'static str| {
            db.write_blocking(Actor::new(actor), move |tx| {
                if let Some(answer) = idempotency::begin(tx, key, hash)? {
                    return Ok((answer, true));
                }
                let made = project::create(tx, &ProjectContent::default())?;
                let answer = made.id.to_string().into_bytes();
                idempotency::finish(tx, key, hash, &answer)?;
                Ok((answer, false))
            })
        };
        let (first, repeated) = ask("user:anna", "k", "h").expect("the first answer");
        assert!(!repeated);
        assert_eq!(ask("user:anna", "k", "h").expect("a repetition"), (first.clone(), true));
        assert!(matches!(ask("user:anna", "k", "other"), Err(Error::IdempotencyMismatch)));
        // Keys are each actor's own.
        assert_ne!(ask("user:berta", "k", "h").expect("another's"), (first, true));
        assert_eq!(write(db, idempotency::sweep).expect("a sweep"), 0);
    });
}
