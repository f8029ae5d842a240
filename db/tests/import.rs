//! Imports: batches are merged, repeated without effect, and never override people.

mod levels;
mod people;
mod vintages;

use crate::common::{TestDb, content, on_both};
use consortia_db::import::{self, ConflictKind, Outcome};
use consortia_db::{
    Actor, Db, Result, Tx, organisation, participation, programme, project, revision,
};
use consortia_domain::external_id::ExternalId;
use consortia_domain::id::RecordRef;
use consortia_domain::import::{
    Batch, CallRecord, FundingRecord, OrganisationRecord, Origin, ParticipationRecord,
    ProgrammeRecord, ProjectParticipations, ProjectRecord,
};
use consortia_domain::language::LocalizedText;
use consortia_domain::organisation::{Organisation, OrganisationFilter};
use consortia_domain::page::ListRequest;
use consortia_domain::participation::Participation;
use consortia_domain::project::Project;
use serde_json::{Value, json};

fn origin(line: u64) -> Origin {
    Origin { file: "h2020.zip/organization.csv".into(), line }
}

fn id(text: &str) -> ExternalId {
    text.parse().expect(text)
}

fn reference(text: &str) -> RecordRef {
    RecordRef::External(id(text))
}

fn organisation_record(key: &str, body: Value) -> OrganisationRecord {
    OrganisationRecord { origin: origin(2), as_of: None, key: id(key), content: content(body) }
}

fn project_record(key: &str, mut body: Value, fundings: Vec<FundingRecord>) -> ProjectRecord {
    let (scheme, value) = key.split_once(':').expect("scheme:value");
    body["external_ids"] = json!([{"scheme": scheme, "value": value}]);
    ProjectRecord {
        origin: origin(3),
        as_of: None,
        content: content(body),
        fundings,
        only_adds: false,
    }
}

fn seat(organisation: &str, role: Option<&str>, euros: Option<i64>) -> ParticipationRecord {
    ParticipationRecord {
        origin: origin(4),
        as_of: None,
        organisation: id(organisation),
        occurrence: 0,
        role: role.map(|role| role.parse().expect(role)),
        order: Some(1),
        ec_contribution: euros.map(|euros| content(json!({"amount": euros, "currency": "EUR"}))),
        net_ec_contribution: None,
        total_cost: None,
        ended: None,
    }
}

fn seats(project: &str, participations: Vec<ParticipationRecord>) -> Batch {
    let project = vec![id(project)];
    Batch::Participations(vec![ProjectParticipations { project, participations }])
}

fn importer() -> Actor {
    Actor::new("import:cordis")
}

fn apply(db: &Db, batch: Batch) -> Outcome {
    db.write_blocking(importer(), move |tx| import::apply(tx, &batch)).expect("an import")
}

fn apply_all(db: &Db, batches: Vec<Batch>) -> Outcome {
    let mut outcome = Outcome::default();
    for batch in batches {
        outcome.add(apply(db, batch));
    }
    outcome
}

fn last_revision(db: &Db) -> i64 {
    let last = db.read_blocking(revision::last).expect("a revision");
    last.map_or(0, |(seq, _)| seq)
}

fn get_organisation(db: &Db, key: &str) -> Organisation {
    let wanted = reference(key);
    db.read_blocking(|c| organisation::get(c, &wanted)).expect("an organisation")
}

fn get_project(db: &Db, key: &str) -> Project {
    let wanted = reference(key);
    db.read_blocking(|c| project::get(c, &wanted)).expect("a project")
}

fn seats_of(db: &Db, key: &str) -> Vec<Participation> {
    let id = get_project(db, key).id;
    db.read_blocking(|c| participation::of_projects(c, &[id])).expect("participations")
}

fn code(text: &str) -> consortia_domain::text::Code {
    text.parse().expect(text)
}

/// A small source: a programme, a call, two organisations, a project, its participations.
fn source() -> Vec<Batch> {
    let funding = FundingRecord {
        programme: Some(code("H2020-EU.3.6.")),
        call: Some(code("H2020-SC6-MIGRATION-2020")),
        type_of_action: Some(code("CSA")),
        kind: consortia_domain::funding::FundingKind::Grant,
        amount: Some(content(json!({"amount": 1_999_536.25, "currency": "EUR"}))),
    };
    vec![
        Batch::Programmes(vec![
            ProgrammeRecord {
                origin: origin(2),
                code: code("H2020-EU.3.6."),
                ancestors: vec![code("H2020-EU.3."), code("H2020-EU"), code("H2020")],
                titles: LocalizedText::new(),
            },
            ProgrammeRecord {
                origin: origin(2),
                code: code("H2020"),
                ancestors: Vec::new(),
                titles: LocalizedText::new(),
            },
        ]),
        Batch::Calls(vec![CallRecord {
            origin: origin(2),
            programme: Some(code("H2020")),
            content: content(json!({"identifier": "H2020-SC6-MIGRATION-2020", "year": 2020})),
        }]),
        Batch::Organisations(vec![
            organisation_record(
                "pic:968823876",
                json!({
                    "names": [
                        {"value": "FONDAZIONE ISMU", "kind": "legal"},
                        {"value": "ISMU", "kind": "short"}
                    ],
                    "country": "IT",
                    "external_ids": [
                        {"scheme": "pic", "value": "968823876"},
                        {"scheme": "vat", "value": "IT11372880150"}
                    ]
                }),
            ),
            organisation_record(
                "pic:999986096",
                json!({"names": [{"value": "Uni Wien", "kind": "legal"}], "country": "AT"}),
            ),
        ]),
        Batch::Projects(vec![project_record(
            "cordis:101004635",
            json!({"acronym": "SPRING", "period": {"start": "2021-03-01", "end": "2023-02-28"}}),
            vec![funding],
        )]),
        seats(
            "cordis:101004635",
            vec![
                seat("pic:968823876", Some("coordinator"), Some(359_500)),
                seat("pic:999986096", Some("participant"), None),
                seat("pic:999986096", Some("participant"), Some(7)),
            ],
        ),
    ]
}

#[test]
fn a_second_run_changes_nothing() {
    on_both(|db| {
        let first = apply_all(db, source());
        assert_eq!(first.programmes.created, 2);
        assert_eq!(first.calls.created, 1);
        assert_eq!(first.organisations.created, 2);
        assert_eq!(first.projects.created, 1);
        assert_eq!(first.participations.created, 3);
        assert_eq!((first.conflicts.len(), first.rejections.len()), (0, 0));
        let spring = get_project(db, "cordis:101004635");
        let funding = &spring.content.fundings[0];
        assert!(funding.programme_id.is_some() && funding.call_id.is_some());
        let programme = funding.programme_id.expect("a programme").into();
        let programme = db.read_blocking(|c| programme::get(c, &RecordRef::Id(programme)));
        assert!(programme.expect("a programme").content.parent_id.is_some());
        let before = last_revision(db);
        let second = apply_all(db, source());
        assert!(second.is_unchanged(), "{second:?}");
        assert_eq!(second.participations.unchanged, 3);
        assert_eq!(last_revision(db), before);
        assert_eq!(seats_of(db, "cordis:101004635").len(), 3);
        // What was imported is found.
        let request = ListRequest::<OrganisationFilter> {
            search: Some("ismu".parse().expect("a query")),
            ..ListRequest::default()
        };
        let page = db.read_blocking(|c| organisation::list(c, &request)).expect("a list");
        assert_eq!(page.data[0].content.external_ids[0], id("pic:968823876"));
    });
}

#[test]
fn a_newer_source_changes_what_differs() {
    on_both(|db| {
        apply_all(db, source());
        let before = last_revision(db);
        let renamed = organisation_record(
            "pic:968823876",
            json!({"names": [{"value": "FONDAZIONE ISMU ETS", "kind": "legal"}]}),
        );
        let outcome = apply(db, Batch::Organisations(vec![renamed]));
        assert_eq!((outcome.organisations.updated, outcome.organisations.created), (1, 0));
        let ismu = get_organisation(db, "pic:968823876");
        assert_eq!(ismu.label, "FONDAZIONE ISMU ETS");
        assert_eq!(ismu.content.names.len(), 3);
        assert_eq!(ismu.content.country, Some("IT".parse().expect("a country")));
        assert_eq!(ismu.content.external_ids.len(), 2);
        assert_eq!((ismu.stamp.version, last_revision(db)), (2, before + 1));
        // A role that changed, and an amount that became known.
        let outcome = apply(
            db,
            seats(
                "cordis:101004635",
                vec![
                    seat("pic:968823876", Some("participant"), None),
                    seat("pic:999986096", Some("participant"), Some(5)),
                    seat("pic:999986096", Some("third_party"), None),
                ],
            ),
        );
        // Two updates, and the second seat in Vienna turned into a third party.
        assert_eq!((outcome.participations.updated, outcome.participations.created), (3, 0));
        let seats = seats_of(db, "cordis:101004635");
        assert_eq!(seats.len(), 3);
        let of_ismu = seats.iter().find(|seat| seat.organisation.short_name.is_some());
        let of_ismu = &of_ismu.expect("ISMU takes part").content;
        assert_eq!(of_ismu.role, Some("participant".parse().expect("a role")));
        assert!(of_ismu.ec_contribution.is_some(), "the unstated erases nothing");
    });
}

#[test]
fn dangling_names_are_rejected_with_their_place() {
    on_both(|db| {
        apply_all(db, source());
        let outcome = apply(
            db,
            seats(
                "cordis:101004635",
                vec![
                    seat("pic:111111111", Some("participant"), None),
                    seat("pic:968823876", Some("coordinator"), None),
                ],
            ),
        );
        assert_eq!(outcome.participations.unchanged, 1);
        let [rejection] = outcome.rejections.as_slice() else { panic!("{outcome:?}") };
        assert_eq!((rejection.origin.line, rejection.column.as_str()), (4, "organisation"));
        assert_eq!(rejection.value, "pic:111111111");
        let outcome = apply(db, seats("cordis:999999999", vec![seat("pic:968823876", None, None)]));
        assert_eq!(outcome.rejections[0].column, "project");
        let unknown = FundingRecord {
            programme: Some(code("NOPE")),
            call: Some(code("NOPE-2020")),
            type_of_action: None,
            kind: consortia_domain::funding::FundingKind::Grant,
            amount: None,
        };
        let outcome = apply(
            db,
            Batch::Projects(vec![project_record("cordis:123456", json!({}), vec![unknown])]),
        );
        assert_eq!((outcome.projects.created, outcome.rejections.len()), (1, 2));
        let mut more = project_record("cordis:654321", json!({"keywords": ["law"]}), Vec::new());
        more.only_adds = true;
        let outcome = apply(db, Batch::Projects(vec![more.clone()]));
        assert_eq!((outcome.projects.created, outcome.rejections.len()), (0, 1));
        more.content.external_ids = vec![id("cordis:123456")];
        let outcome = apply(db, Batch::Projects(vec![more]));
        assert_eq!((outcome.projects.updated, outcome.rejections.len()), (1, 0));
    });
}

#[test]
fn one_record_has_several_identifiers() {
    on_both(|db| {
        apply_all(db, source());
        // Known by its second identifier; the key is learnt.
        let both = organisation_record(
            "pic:900000001",
            json!({"external_ids": [
                {"scheme": "pic", "value": "900000001"},
                {"scheme": "pic", "value": "968823876"}
            ]}),
        );
        let outcome = apply(db, Batch::Organisations(vec![both]));
        assert_eq!((outcome.organisations.updated, outcome.conflicts.len()), (1, 0));
        assert_eq!(
            get_organisation(db, "pic:900000001").id,
            get_organisation(db, "pic:968823876").id
        );
        // An identifier of somebody else is not taken over.
        let greedy = organisation_record(
            "pic:999986096",
            json!({"external_ids": [
                {"scheme": "pic", "value": "999986096"},
                {"scheme": "pic", "value": "968823876"}
            ]}),
        );
        let outcome = apply(db, Batch::Organisations(vec![greedy]));
        assert!(outcome.is_unchanged());
        assert!(matches!(outcome.conflicts[0].kind, ConflictKind::Taken { .. }));
        // Two new records of one batch that turn out to be one.
        let outcome = apply(
            db,
            Batch::Organisations(vec![
                organisation_record("pic:900000002", json!({"country": "FR"})),
                organisation_record(
                    "pic:900000003",
                    json!({"sme": true, "external_ids": [
                        {"scheme": "pic", "value": "900000003"},
                        {"scheme": "pic", "value": "900000002"}
                    ]}),
                ),
            ]),
        );
        assert_eq!(outcome.organisations.created, 1);
        let one = get_organisation(db, "pic:900000003");
        assert_eq!((one.content.country.is_some(), one.content.sme), (true, Some(true)));
    });
}

#[test]
fn known_programmes_are_planted_once() {
    on_both(|db| {
        let plant = || db.write_blocking(import::seeder(), import::seed_programmes).expect("seeds");
        let first = plant();
        assert!(first.created > 0);
        let before = last_revision(db);
        let second = plant();
        assert_eq!((second.created, second.unchanged), (0, first.created));
        assert_eq!(last_revision(db), before);
        let outcome = apply_all(db, source());
        assert_eq!(outcome.programmes.created, 0, "{outcome:?}");
        assert!(outcome.conflicts.is_empty());
    });
}

#[test]
fn a_dry_run_tells_all_and_leaves_nothing() {
    on_both(|db| {
        let batches = source();
        let outcome = import::rehearse(db, importer(), move |tx: &mut Tx<'_>| -> Result<Outcome> {
            let mut outcome = Outcome::default();
            for batch in &batches {
                outcome.add(import::apply(tx, batch)?);
            }
            Ok(outcome)
        });
        let outcome = outcome.expect("a dry run");
        assert_eq!((outcome.participations.created, outcome.rejections.len()), (3, 0));
        assert_eq!(last_revision(db), 0);
        assert_eq!(apply_all(db, source()), outcome);
        let failed = import::rehearse(db, importer(), |_| -> Result<()> {
            Err(consortia_db::Error::ReadOnly)
        });
        assert!(matches!(failed, Err(consortia_db::Error::ReadOnly)));
    });
}

#[test]
fn both_engines_say_the_same() {
    let outcomes: Vec<Vec<Outcome>> = [TestDb::sqlite(), TestDb::postgres()]
        .iter()
        .map(|fresh| {
            let mut outcomes = vec![apply_all(&fresh.db, source())];
            outcomes.push(apply_all(&fresh.db, source()));
            outcomes
        })
        .collect();
    assert_eq!(outcomes[0], outcomes[1]);
}
