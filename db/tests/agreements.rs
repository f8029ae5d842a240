//! Agreements on both engines: kept, changed, named after their parties, in the way of
//! deleting these, and what the parties did together.

use crate::common::{TestDb, content, on_both, write};
use consortia_db::{
    Db, Error, agreement, organisation, participation, project, relation, revision, statement,
};
use consortia_domain::agreement::{Agreement, AgreementContent, AgreementFilter};
use consortia_domain::filter::QueryReader;
use consortia_domain::id::{EntityKind, OrganisationId, ProjectId};
use consortia_domain::page::ListRequest;
use consortia_domain::revision::RevisionAction;
use serde_json::{Value, json};
use uuid::Uuid;

fn new_organisation(db: &Db, name: &str) -> OrganisationId {
    let body = content(json!({"names": [{"value": name}]}));
    write(db, move |tx| organisation::create(tx, &body)).expect("an organisation").id
}

fn new_project(db: &Db, acronym: &str, members: &[OrganisationId]) -> ProjectId {
    let body = content(json!({"acronym": acronym}));
    let made = write(db, move |tx| project::create(tx, &body)).expect("a project").id;
    for member in members {
        let body = content(json!({"organisation_id": member}));
        write(db, move |tx| participation::create(tx, made, &body)).expect("a participation");
    }
    made
}

fn create(db: &Db, body: Value) -> consortia_db::Result<Agreement> {
    let content: AgreementContent = content(body);
    write(db, move |tx| agreement::create(tx, &content))
}

/// The labels of those a list finds, in order.
fn found(db: &Db, query: &[(&str, &str)]) -> Vec<String> {
    let pairs: Vec<_> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut reader = QueryReader::new(&pairs);
    let request = ListRequest::<AgreementFilter>::read(&mut reader, &pairs);
    reader.finish().expect("parameters");
    let page = db.read_blocking(move |c| agreement::list(c, &request)).expect("a page");
    assert_eq!(page.total, page.data.len() as u64);
    page.data.into_iter().map(|of| of.label).collect()
}

#[test]
fn an_agreement_is_kept_changed_and_deleted() {
    on_both(|db| {
        let (mse, ismu) = (new_organisation(db, "MSE"), new_organisation(db, "ISMU"));
        let stated = json!({
            "kind": "partnership", "party_ids": [mse, ismu],
            "target_groups": ["Minors", "MINORS", "Young adults"],
            "territories": [
                {"relation": "action", "nuts": "ITC4"}, {"relation": "action", "nuts": "ITG1"}
            ],
            "groups": [{"part": "collaborator", "of": "organisations", "description": "Schools"}]
        });
        let made = create(db, stated.clone()).expect("an agreement");
        assert_eq!(made.content, content(stated));
        assert_eq!(made.label, "MSE – ISMU");
        let labels: Vec<_> = made.parties.iter().map(|party| party.label.as_str()).collect();
        assert_eq!(labels, ["MSE", "ISMU"]);
        let id = made.id;
        assert_eq!(db.read_blocking(|c| agreement::get(c, id)).expect("found"), made);

        let third = new_organisation(db, "Third");
        let changed: AgreementContent =
            content(json!({"party_ids": [third, mse], "titles": {"en": "A title"}}));
        let same = changed.clone();
        let updated = write(db, move |tx| agreement::update(tx, id, Some(1), &changed));
        let updated = updated.expect("a change");
        assert_eq!((updated.stamp.version, updated.label.as_str()), (2, "A title"));
        let again = write(db, move |tx| agreement::update(tx, id, Some(2), &same));
        assert_eq!(again.expect("no change"), updated);
        assert_eq!(found(db, &[("target_group", "minors")]), [""; 0]);
        assert_eq!(found(db, &[("q", "schools")]), [""; 0]);
        assert_eq!(found(db, &[("q", "title")]), ["A title"]);

        write(db, move |tx| agreement::delete(tx, id, Some(2))).expect("a deletion");
        let gone = db.read_blocking(|c| agreement::get(c, id));
        assert!(matches!(gone, Err(Error::Gone { .. })), "{gone:?}");
        assert_eq!(found(db, &[("q", "title")]), [""; 0]);
        let log = db
            .read_blocking(|c| revision::of(c, EntityKind::Agreement, id.into(), None, 9, 0))
            .expect("a history");
        let actions: Vec<_> = log.data.iter().map(|revision| revision.action).collect();
        let expected = [RevisionAction::Created, RevisionAction::Updated, RevisionAction::Deleted];
        assert_eq!(actions, expected);
    });
}

#[test]
fn parties_must_be_there_and_are_not_deleted() {
    on_both(|db| {
        let (here, nowhere) = (new_organisation(db, "Here"), OrganisationId::generate());
        match create(db, json!({"party_ids": [here, nowhere]})) {
            Err(Error::Invalid(errors)) => {
                assert!(errors.to_string().starts_with("/party_ids/1: There is no organisation"));
            }
            other => panic!("{other:?}"),
        }
        let other = new_organisation(db, "Other");
        let made = create(db, json!({"party_ids": [here, other]})).expect("an agreement");
        for party in [here, other] {
            match write(db, move |tx| organisation::delete(tx, party, None)) {
                Err(Error::InUse(usages)) => {
                    let usages: Vec<_> = usages.iter().map(|of| (of.kind, of.count)).collect();
                    assert_eq!(usages, [(EntityKind::Agreement, 1)]);
                }
                other => panic!("{other:?}"),
            }
        }
        write(db, move |tx| agreement::delete(tx, made.id, None)).expect("a deletion");
        write(db, move |tx| organisation::delete(tx, here, None)).expect("free now");
    });
}

#[test]
fn an_agreement_without_title_is_called_after_its_parties_as_they_are_called_now() {
    on_both(|db| {
        let (a, b) = (new_organisation(db, "Beta"), new_organisation(db, "Gamma"));
        let made = create(db, json!({"party_ids": [a, b]})).expect("an agreement");
        create(db, json!({"party_ids": [a, b], "titles": "Beta first"})).expect("another");
        assert_eq!(found(db, &[("sort", "label")]), ["Beta first", "Beta – Gamma"]);
        let renamed = content(json!({"names": [{"value": "Alpha"}]}));
        write(db, move |tx| organisation::update(tx, a, None, &renamed)).expect("a change");
        assert_eq!(found(db, &[("sort", "label")]), ["Alpha – Gamma", "Beta first"]);
        let read = db.read_blocking(|c| agreement::get(c, made.id)).expect("found");
        assert_eq!((read.label.as_str(), read.stamp.version), ("Alpha – Gamma", 1));
        assert_eq!(found(db, &[("q", "alpha"), ("sort", "label")]).len(), 2);
    });
}

#[test]
fn joint_projects_are_those_of_two_parties_or_more() {
    on_both(|db| {
        let all = ["A", "B", "C", "D"].map(|name| new_organisation(db, name));
        let [a, b, c, d] = all;
        let of_all = new_project(db, "ALL", &[a, b, c, d, a]);
        let of_two = new_project(db, "TWO", &[c, b]);
        new_project(db, "ONE", &[a, d]);
        new_project(db, "TWICE", &[b, b]);
        let made = create(db, json!({"party_ids": [c, b, a]})).expect("an agreement");
        let joint = db.read_blocking(|x| agreement::joint_projects(x, made.id)).expect("found");
        assert_eq!(joint, [(of_all, vec![c, b, a]), (of_two, vec![c, b])]);

        let pair = create(db, json!({"party_ids": [a, d]})).expect("another");
        let between = db.read_blocking(|x| agreement::between(x, &[d, c, a])).expect("found");
        let between: Vec<_> = between.into_iter().map(|of| (of.agreement.id, of.parties)).collect();
        assert_eq!(between, [(made.id, vec![c, a]), (pair.id, vec![a, d])]);
        let counterparts = |of: Vec<OrganisationId>| {
            db.read_blocking(move |x| agreement::counterparts(x, &of)).expect("found")
        };
        assert_eq!(counterparts(vec![a]), [b, c, d]);
        assert_eq!(counterparts(vec![a, d]), [b, c]);
        assert_eq!(counterparts(vec![]), []);
        assert_eq!(db.read_blocking(|x| agreement::count_of(x, a)).expect("counted"), 2);
    });
}

#[test]
fn a_registry_with_agreements_goes_down_and_up() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let db = &fresh.db;
        let (a, b) = (new_organisation(db, "A"), new_organisation(db, "B"));
        let body = json!({"party_ids": [a, b], "titles": "Joint planning"});
        let made = create(db, body.clone()).expect("an agreement");
        let related = content(json!({
            "kind": "member_of", "between": "organisations", "from_id": a, "to_id": b
        }));
        let related = write(db, move |tx| relation::create(tx, &related)).expect("a relation");
        for (kind, id, field) in [
            ("agreement", Uuid::from(made.id), "/titles/und"),
            ("relation", related.id.into(), "/note"),
        ] {
            let body = content(json!({
                "about_kind": kind, "about_id": id, "field": field, "value": "x",
                "basis": "inferred"
            }));
            write(db, move |tx| statement::create(tx, &body)).expect("a statement");
        }
        while db.revert().expect("down").as_deref() != Some("0005_agreements") {}
        let feed = db.read_blocking(|c| revision::since(c, 0, 100)).expect("the feed");
        assert_eq!(feed.len(), 2, "{feed:?}");
        db.migrate().expect("up again");
        let left = db.read_blocking(|c| statement::about(c, &[made.id.into(), related.id.into()]));
        assert_eq!(left.expect("none"), []);
        assert_eq!(found(db, &[("q", "planning")]), [""; 0]);
        create(db, body).expect("an agreement");
        assert_eq!(found(db, &[("q", "planning")]), ["Joint planning"]);
    }
}
