//! Files of several dates, imported in any order.

use super::{apply, get_organisation, get_project, last_revision, organisation_record};
use super::{project_record, seat, seats, seats_of};
use crate::common::on_both;
use consortia_domain::country::Country;
use consortia_domain::import::{Batch, OrganisationRecord, ProjectRecord};
use consortia_domain::role::Role;
use serde_json::{Value, json};

const OLD: &str = "2018-07-19T09:17:05";
const NEW: &str = "2023-12-26T14:40:12";

fn organisation(as_of: &str, body: Value) -> Batch {
    let as_of = as_of.parse().ok();
    let record = organisation_record("pic:968823876", body);
    Batch::Organisations(vec![OrganisationRecord { as_of, ..record }])
}

fn project(as_of: &str, body: Value) -> Batch {
    let as_of = as_of.parse().ok();
    let record = project_record("cordis:101004635", body, Vec::new());
    Batch::Projects(vec![ProjectRecord { as_of, ..record }])
}

fn participation(as_of: &str, role: &str, euros: Option<i64>) -> Batch {
    let mut record = seat("pic:968823876", Some(role), euros);
    record.as_of = as_of.parse().ok();
    seats("cordis:101004635", vec![record])
}

#[test]
fn an_older_file_fills_gaps_and_replaces_nothing() {
    on_both(|db| {
        let name = |name: &str| json!([{"value": name, "kind": "legal"}]);
        apply(
            db,
            organisation(NEW, json!({"names": name("Fondazione ISMU ETS"), "country": "IT"})),
        );
        apply(db, project(NEW, json!({"acronym": "SPRING", "period": "2021-03-01/2023-05-31"})));
        apply(db, participation(NEW, "coordinator", None));

        let older =
            json!({"names": name("Fondazione Cariplo ISMU"), "country": "CH", "sme": false});
        let outcome = apply(db, organisation(OLD, older.clone()));
        assert_eq!(outcome.organisations.updated, 1);
        let ismu = get_organisation(db, "pic:968823876");
        assert_eq!(ismu.label, "Fondazione ISMU ETS");
        assert_eq!(ismu.content.names[1].kind.code(), "former");
        assert_eq!(ismu.content.country.map(Country::code), Some("IT"));
        assert_eq!(ismu.content.sme, Some(false));

        let body =
            json!({"acronym": "Spring", "period": "2021-03-01/2023-02-28", "keywords": ["x"]});
        apply(db, project(OLD, body));
        let spring = get_project(db, "cordis:101004635").content;
        assert_eq!(spring.acronym.map(|acronym| acronym.to_string()).as_deref(), Some("SPRING"));
        assert_eq!(spring.period, "2021-03-01/2023-05-31".parse().expect("a period"));
        assert_eq!(spring.keywords.len(), 1);

        apply(db, participation(OLD, "participant", Some(7)));
        let [seat] = &seats_of(db, "cordis:101004635")[..] else { panic!("one seat") };
        assert_eq!(seat.content.role.map(Role::code), Some("coordinator"));
        assert!(seat.content.ec_contribution.is_some());

        // The same again changes nothing, and the newest date is remembered.
        let before = last_revision(db);
        apply(db, organisation(OLD, older));
        apply(db, participation(OLD, "participant", Some(7)));
        assert_eq!(last_revision(db), before);
    });
}

#[test]
fn a_date_moves_forward_even_when_nothing_else_does() {
    on_both(|db| {
        apply(db, organisation(OLD, json!({"country": "IT"})));
        let before = last_revision(db);
        apply(db, organisation(NEW, json!({"country": "IT"})));
        assert_eq!(last_revision(db), before);
        apply(db, organisation("2020-01-01T00:00:00", json!({"country": "CH"})));
        let country = get_organisation(db, "pic:968823876").content.country;
        assert_eq!(country.map(Country::code), Some("IT"));
        apply(db, organisation("2025-01-01T00:00:00", json!({"country": "CH"})));
        let country = get_organisation(db, "pic:968823876").content.country;
        assert_eq!(country.map(Country::code), Some("CH"));
    });
}
