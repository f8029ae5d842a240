//! Relations on both engines: kept, changed, deleted with their projects, in the way of
//! deleting organisations, unknown to the partner network.

use crate::common::{TestDb, content, on_both, write};
use chrono::{Days, NaiveDate};
use consortia_db::{Db, Error, Tx, facts, organisation, project, relation, revision};
use consortia_domain::id::{EntityKind, OrganisationId, ProjectId, RelationId};
use consortia_domain::relation::{Relation, RelationContent};
use consortia_domain::revision::{Revision, RevisionAction};
use serde_json::{Value, json};
use uuid::Uuid;

fn new_project(db: &Db, acronym: &str) -> ProjectId {
    let body = content(json!({"acronym": acronym}));
    write(db, move |tx| project::create(tx, &body)).expect("a project").id
}

fn new_organisation(db: &Db, name: &str) -> OrganisationId {
    let body = content(json!({"names": [{"value": name}]}));
    write(db, move |tx| organisation::create(tx, &body)).expect("an organisation").id
}

fn body(kind: &str, between: &str, from: impl Into<Uuid>, to: impl Into<Uuid>) -> Value {
    let (from, to): (Uuid, Uuid) = (from.into(), to.into());
    json!({"kind": kind, "between": between, "from_id": from, "to_id": to})
}

fn create(db: &Db, body: Value) -> consortia_db::Result<Relation> {
    let content: RelationContent = content(body);
    write(db, move |tx| relation::create(tx, &content))
}

fn history(db: &Db, id: RelationId) -> Vec<Revision> {
    db.read_blocking(|c| revision::of(c, EntityKind::Relation, id.into(), None, 100, 0))
        .expect("a history")
        .data
}

/// The faults of a refused body as `pointer code`, and their sentences.
fn faults<T: std::fmt::Debug>(result: Result<T, Error>) -> (Vec<String>, String) {
    match result {
        Err(Error::Invalid(errors)) => {
            let place = |at: &_| match at {
                consortia_domain::Location::Pointer(at) => at.to_string(),
                other => panic!("{other:?}"),
            };
            let list = errors.iter().map(|fault| format!("{} {}", place(&fault.at), fault.code));
            (list.collect(), errors.to_string())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_relation_is_kept_changed_and_deleted() {
    on_both(|db| {
        let (later, earlier) = (new_project(db, "SUPPORT ME"), new_project(db, "DIME"));
        let mut stated = body("stems_from", "projects", later, earlier);
        stated["period"] = json!({"start": "2024-01", "end": ".."});
        stated["note"] = json!("Same consortium");
        let made = create(db, stated.clone()).expect("a relation");
        assert_eq!(made.content, content(stated.clone()));
        assert_eq!((made.reads, made.reads_back), ("stems from", "led to"));
        assert_eq!((made.from.label.as_str(), made.to.label.as_str()), ("SUPPORT ME", "DIME"));
        let id = made.id;
        assert_eq!(db.read_blocking(|c| relation::get(c, id)).expect("found"), made);

        let changed: RelationContent = content(body("continues", "projects", later, earlier));
        let same = changed.clone();
        let stale = same.clone();
        let updated = write(db, move |tx| relation::update(tx, id, Some(1), &changed));
        let updated = updated.expect("a change");
        assert_eq!((updated.stamp.version, updated.reads_back), (2, "continued by"));
        let again = write(db, move |tx| relation::update(tx, id, Some(2), &same));
        assert_eq!(again.expect("no change"), updated);
        let refused = write(db, move |tx| relation::update(tx, id, Some(1), &stale));
        assert!(matches!(refused, Err(Error::Stale { current: 2 })), "{refused:?}");

        write(db, move |tx| relation::delete(tx, id, Some(2))).expect("a deletion");
        let gone = db.read_blocking(|c| relation::get(c, id));
        assert!(matches!(gone, Err(Error::Gone { .. })), "{gone:?}");
        let log = history(db, id);
        let actions: Vec<_> = log.iter().map(|revision| revision.action).collect();
        let expected = [RevisionAction::Created, RevisionAction::Updated, RevisionAction::Deleted];
        assert_eq!(actions, expected);
        assert_eq!(
            log[1].change,
            Some(json!({
                "kind": "continues", "period": {"start": null, "end": null}, "note": null
            }))
        );
    });
}

#[test]
fn ends_must_be_there_and_of_the_sort_named() {
    on_both(|db| {
        let (here, nowhere) = (new_project(db, "A"), ProjectId::generate());
        let (found, _) = faults(create(db, body("continues", "projects", nowhere, here)));
        assert_eq!(found, ["/from_id dangling_reference"]);
        // A project is no organisation, whatever its id.
        let other = new_project(db, "B");
        let (found, _) = faults(create(db, body("part_of", "organisations", here, other)));
        assert_eq!(found, ["/from_id dangling_reference", "/to_id dangling_reference"]);
    });
}

#[test]
fn the_same_is_said_once() {
    on_both(|db| {
        let (old, new) = (new_organisation(db, "Old"), new_organisation(db, "New"));
        let with = |period: &str| {
            let mut body = body("part_of", "organisations", old, new);
            body["period"] = json!(period);
            body
        };
        let first = create(db, with("2019/2020")).expect("a relation");
        let (found, detail) = faults(create(db, with("2019/2020")));
        assert_eq!(found, [" duplicate_relation"]);
        assert!(detail.contains(&first.id.to_string()), "{detail}");
        // Unknown ends are the same twice too; at another time it is another statement.
        let second = create(db, with("/")).expect("another time");
        assert_eq!(faults(create(db, with("/"))).0, [" duplicate_relation"]);
        create(db, body("merged_into", "organisations", old, new)).expect("another kind");
        create(db, body("merged_into", "organisations", new, old)).expect("the other way");
        // Nor may a change make two the same, while a note alone may change.
        let (id, same) = (second.id, content(with("2019/2020")));
        let refused = write(db, move |tx| relation::update(tx, id, None, &same));
        assert_eq!(faults(refused).0, [" duplicate_relation"]);
        let mut noted = with("/");
        noted["note"] = json!("As far as known");
        let noted = content(noted);
        write(db, move |tx| relation::update(tx, id, None, &noted)).expect("a note");
    });
}

#[test]
fn relations_go_with_their_projects_and_keep_organisations() {
    on_both(|db| {
        let projects = ["A", "B", "C"].map(|acronym| new_project(db, acronym));
        let [a, b, c] = projects;
        let to = create(db, body("continues", "projects", a, b)).expect("a relation");
        let from = create(db, body("output_of", "projects", b, c)).expect("a relation");
        let stays = create(db, body("part_of", "projects", a, c)).expect("a relation");
        write(db, move |tx| project::delete(tx, b, Some(1))).expect("a deletion");
        for gone in [to.id, from.id] {
            let last = history(db, gone).pop().expect("a revision");
            assert_eq!((last.action, last.version), (RevisionAction::Deleted, 2));
            let read = db.read_blocking(|c| relation::get(c, gone));
            assert!(matches!(read, Err(Error::Gone { .. })), "{read:?}");
        }
        assert_eq!(db.read_blocking(|c| relation::get(c, stays.id)).expect("there"), stays);

        let (old, new) = (new_organisation(db, "Old"), new_organisation(db, "New"));
        let named = create(db, body("renamed_to", "organisations", old, new)).expect("made");
        for end in [old, new] {
            match write(db, move |tx| organisation::delete(tx, end, None)) {
                Err(Error::InUse(usages)) => {
                    assert_eq!(usages.len(), 1);
                    assert_eq!((usages[0].kind, usages[0].count), (EntityKind::Relation, 1));
                }
                other => panic!("{other:?}"),
            }
        }
        write(db, move |tx| relation::delete(tx, named.id, None)).expect("a deletion");
        write(db, move |tx| organisation::delete(tx, old, None)).expect("free now");
    });
}

#[test]
fn the_partner_network_passes_relations_by() {
    on_both(|db| {
        let (a, b) = (new_project(db, "A"), new_project(db, "B"));
        let before = db.read_blocking(facts::revision).expect("a revision");
        create(db, body("continues", "projects", a, b)).expect("a relation");
        let changed = db.read_blocking(|c| facts::changed(c, before, 10)).expect("changes");
        assert!(changed.facts.is_empty());
        assert!(changed.revision > before);
        assert_eq!(changed.revision, db.read_blocking(facts::revision).expect("a revision"));
    });
}

#[test]
fn a_registry_with_relations_goes_down_and_up() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let db = &fresh.db;
        let (a, b) = (new_project(db, "A"), new_project(db, "B"));
        let made = create(db, body("continues", "projects", a, b)).expect("a relation");
        let mut undone = db.revert().expect("down");
        while undone.as_deref() != Some("0002_relations") {
            undone = db.revert().expect("down");
            assert!(undone.is_some());
        }
        let feed = db.read_blocking(|c| revision::since(c, 0, 100)).expect("the feed");
        assert!(feed.iter().all(|revision| revision.entity == EntityKind::Project), "{feed:?}");
        assert_eq!(feed.len(), 2);
        db.migrate().expect("up again");
        let read = db.read_blocking(|c| relation::get(c, made.id));
        assert!(matches!(read, Err(Error::NotFound { .. })), "{read:?}");
        create(db, body("continues", "projects", a, b)).expect("a relation");
    }
}

/// So many new projects.
fn projects(tx: &mut Tx<'_>, count: usize) -> Vec<Uuid> {
    let body = content(json!({}));
    (0..count).map(|_| project::create(tx, &body).expect("a project").id.into()).collect()
}

/// Says for how long one project continues another, or the other way round.
fn lead(tx: &mut Tx<'_>, onward: bool, from: Uuid, to: Uuid, period: &str) {
    let (from, to) = if onward { (from, to) } else { (to, from) };
    let mut body = body("continues", "projects", from, to);
    body["period"] = json!(period);
    relation::create(tx, &content(body)).expect("a relation");
}

/// The day in this place, with others between it and the next.
fn day(n: usize) -> String {
    let first = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a day");
    (first + Days::new(n as u64 * 2)).to_string()
}

#[test]
fn ways_that_overlap_in_time_are_gone_as_one() {
    const MANY: usize = 100;
    /// Projects of which the first leads to the last in `MANY` times `MANY` ways, each at a time
    /// that is not within that of another.
    fn fan(tx: &mut Tx<'_>, onward: bool) -> Vec<Uuid> {
        let ends = projects(tx, 4);
        for (n, between) in projects(tx, MANY).into_iter().enumerate() {
            lead(tx, onward, ends[0], ends[1], &format!("/{}", day(MANY + n)));
            lead(tx, onward, ends[1], between, "/");
            lead(tx, onward, between, ends[2], &format!("{}/", day(MANY - n - 1)));
        }
        lead(tx, onward, ends[2], ends[3], "/");
        ends
    }
    on_both(|db| {
        let (ahead, behind) =
            write(db, |tx| Ok((fan(tx, true), fan(tx, false)))).expect("two fans");
        create(db, body("continues", "projects", behind[0], ahead[0])).expect("a relation");
        let back = body("continues", "projects", ahead[3], behind[3]);
        assert_eq!(faults(create(db, back)).0, ["/to_id circular_relation"]);
    });
}

#[test]
fn no_more_is_looked_at_than_can_be_while_others_wait() {
    /// A project that leads to another on many days, which leads on to many.
    fn crowd(tx: &mut Tx<'_>, onward: bool) -> Uuid {
        let ends = projects(tx, 2);
        for (n, beyond) in projects(tx, 101).into_iter().enumerate() {
            lead(tx, onward, ends[0], ends[1], &format!("{0}/{0}", day(n)));
            lead(tx, onward, ends[1], beyond, "/");
        }
        ends[0]
    }
    /// The first of projects of which each leads to the next.
    fn chain(tx: &mut Tx<'_>, onward: bool) -> Uuid {
        let all = projects(tx, 1_002);
        all.windows(2).for_each(|pair| lead(tx, onward, pair[0], pair[1], "/"));
        all[0]
    }
    on_both(|db| {
        for make in [crowd, chain] {
            let (ahead, behind) =
                write(db, move |tx| Ok((make(tx, true), make(tx, false)))).expect("relations");
            let (found, detail) = faults(create(db, body("continues", "projects", behind, ahead)));
            assert_eq!(found, ["/to_id too_many_relations"]);
            assert!(detail.contains(&ahead.to_string()), "{detail}");
            // It is enough that there is little on one side.
            let new = new_project(db, "NEW");
            create(db, body("continues", "projects", new, ahead)).expect("nothing leads there");
            create(db, body("continues", "projects", behind, new)).expect_err("as before");
        }
    });
}
