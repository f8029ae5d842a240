//! What people changed or deleted is not overridden.

use super::{
    apply, apply_all, get_organisation, get_project, last_revision, organisation_record, origin,
    seats_of, source,
};
use crate::common::{on_both, write};
use consortia_db::import::ConflictKind;
use consortia_db::{organisation, participation, project};
use consortia_domain::id::RecordRef;
use consortia_domain::import::Batch;
use serde_json::json;

#[test]
fn what_people_changed_stays_and_is_reported() {
    on_both(|db| {
        apply_all(db, source());
        let ismu = get_organisation(db, "pic:968823876");
        let mut edited = ismu.content.clone();
        edited.country = Some("CH".parse().expect("a country"));
        write(db, move |tx| organisation::update(tx, ismu.id, None, &edited)).expect("an edit");
        let record = |country: &str, sme: bool| {
            let body = json!({"country": country, "sme": sme});
            Batch::Organisations(vec![organisation_record("pic:968823876", body)])
        };
        // Another field may still change, and does not make the edit older.
        for sme in [true, false] {
            let outcome = apply(db, record("IT", sme));
            assert_eq!(outcome.organisations.updated, 1);
            let [conflict] = outcome.conflicts.as_slice() else { panic!("{outcome:?}") };
            assert_eq!(RecordRef::Id(conflict.record_id), RecordRef::from(ismu.id));
            assert_eq!(conflict.origin, origin(2));
            let kind = ConflictKind::Edited {
                field: "country".to_owned(),
                kept: json!("CH"),
                incoming: json!("IT"),
            };
            assert_eq!(conflict.kind, kind);
            let now = get_organisation(db, "pic:968823876");
            assert_eq!(now.content.country, Some("CH".parse().expect("a country")));
            assert_eq!(now.content.sme, Some(sme));
        }
        let before = last_revision(db);
        let again = apply(db, record("IT", false));
        assert_eq!((again.organisations.unchanged, again.conflicts.len()), (1, 1));
        assert_eq!(last_revision(db), before);
        // The source agrees with the edit: nothing to report.
        assert!(apply(db, record("CH", false)).conflicts.is_empty());
    });
}

#[test]
fn what_people_deleted_stays_deleted() {
    on_both(|db| {
        apply_all(db, source());
        let spring = get_project(db, "cordis:101004635").id;
        let seat = seats_of(db, "cordis:101004635")
            .into_iter()
            .find(|seat| seat.organisation.short_name.is_some())
            .expect("ISMU takes part");
        write(db, move |tx| participation::delete(tx, seat.id, None)).expect("a deletion");
        let outcome = apply_all(db, source());
        assert!(outcome.is_unchanged(), "{outcome:?}");
        assert_eq!(outcome.conflicts.len(), 1);
        assert_eq!(outcome.conflicts[0].kind, ConflictKind::Deleted);
        write(db, move |tx| project::delete(tx, spring, None)).expect("a deletion");
        let outcome = apply_all(db, source());
        assert!(outcome.is_unchanged(), "{outcome:?}");
        // The project, and its three participations.
        assert_eq!(outcome.conflicts.len(), 4);
        assert!(outcome.rejections.is_empty());
        let ismu = get_organisation(db, "pic:968823876").id;
        write(db, move |tx| organisation::delete(tx, ismu, None)).expect("a deletion");
        let outcome = apply_all(db, source());
        assert!(outcome.is_unchanged(), "{outcome:?}");
    });
}
