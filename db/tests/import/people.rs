//! What people changed or deleted is not overridden.

use super::{
    apply, apply_all, get_organisation, get_project, last_revision, organisation_record, origin,
    project_record, seats_of, source,
};
use crate::common::{content, on_both, write};
use consortia_db::import::ConflictKind;
use consortia_db::{organisation, participation, project};
use consortia_domain::id::RecordRef;
use consortia_domain::import::Batch;
use consortia_domain::project::ProjectContent;
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

#[test]
fn what_sources_know_nothing_of_stays() {
    on_both(|db| {
        apply_all(db, source());
        let details = json!({
            "aliases": ["Spring"], "target_groups": ["newcomers"],
            "territories": [{"relation": "action", "country": "IT"}],
            "groups": [{"part": "partner", "of": "organisations", "count": 7}],
            "activities": [{"kind": "output", "unit": "guides"}]
        });
        let spring = get_project(db, "cordis:101004635");
        let mut edited = spring.content.clone();
        let stated: ProjectContent = content(details);
        edited.aliases = stated.aliases;
        edited.target_groups = stated.target_groups;
        edited.territories = stated.territories;
        edited.groups = stated.groups;
        edited.activities = stated.activities;
        edited.fundings[0].year = Some("2021".parse().expect("a year"));
        edited.fundings[0].share = Some("94.83".parse().expect("a share"));
        let written = edited.clone();
        write(db, move |tx| project::update(tx, spring.id, None, &written)).expect("an edit");
        let ismu = get_organisation(db, "pic:968823876");
        let mut network = ismu.content.clone();
        network.groups.clone_from(&edited.groups);
        let written = network.clone();
        write(db, move |tx| organisation::update(tx, ismu.id, None, &written)).expect("an edit");

        let again = apply_all(db, source());
        assert_eq!((again.projects.unchanged, again.organisations.unchanged), (1, 2));
        assert!(again.conflicts.is_empty(), "{again:?}");
        assert_eq!(get_project(db, "cordis:101004635").content, edited);
        assert_eq!(get_organisation(db, "pic:968823876").content, network);
        // Nor do they go when the source has something new to say.
        let titled =
            project_record("cordis:101004635", json!({"titles": {"it": "Primavera"}}), vec![]);
        let newer = apply(db, Batch::Projects(vec![titled]));
        assert_eq!((newer.projects.updated, newer.conflicts.len()), (1, 0), "{newer:?}");
        let now = get_project(db, "cordis:101004635").content;
        assert_eq!((&now.groups, &now.aliases), (&edited.groups, &edited.aliases));
        assert_eq!(now.fundings, edited.fundings);
    });
}
