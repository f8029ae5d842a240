//! What the partner network is told leads to the same from the start and change by change.

use crate::common::{content, on_both, write};
use consortia_db::{Db, facts, organisation, participation, programme, project};
use consortia_domain::facts::Fact;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Facts by record; what is gone is not in it.
type Known = BTreeMap<Uuid, String>;

fn take_in(known: &mut Known, facts: Vec<Fact>) {
    for fact in facts {
        let told = format!("{fact:?}");
        match fact {
            Fact::Organisation(facts) => known.insert(facts.id.into(), told),
            Fact::Project(facts) => known.insert(facts.id.into(), told),
            Fact::Participation(facts) => known.insert(facts.id.into(), told),
            Fact::OrganisationGone(id) => known.remove(&id.into()),
            Fact::ProjectGone(id) => known.remove(&id.into()),
            Fact::ParticipationGone(id) => known.remove(&id.into()),
        };
    }
}

fn all(db: &Db) -> (Known, i64) {
    let mut known = Known::new();
    let revision = db
        .read_blocking(|c| facts::all(c, &mut |portion| take_in(&mut known, portion)))
        .expect("all facts");
    (known, revision)
}

/// Follows from `since` on, `limit` changes at a time.
fn follow(db: &Db, known: &mut Known, mut since: i64, limit: u32) -> i64 {
    loop {
        let changed = db.read_blocking(|c| facts::changed(c, since, limit)).expect("changes");
        take_in(known, changed.facts);
        if changed.revision == since {
            return since;
        }
        since = changed.revision;
    }
}

#[test]
fn following_from_anywhere_leads_to_the_present() {
    on_both(|db| {
        let (nothing, start) = all(db);
        assert!(nothing.is_empty());
        let code = content(json!({"code": "H2020"}));
        let h2020 = write(db, move |tx| programme::create(tx, &code)).expect("a programme").id;
        let named = |name: &str, country: &str| {
            let content = content(json!({
                "names": [{"value": name}], "country": country, "place": {"nuts": "ITC4C"},
                "type": "other", "sector": "third_sector"
            }));
            write(db, move |tx| organisation::create(tx, &content)).expect("an organisation")
        };
        let (ismu, rome) = (named("ISMU", "IT"), named("Roma", "IT"));
        let run = content(json!({
            "period": "2018-02/..", "stated_status": "suspended",
            "fundings": [{"programme_id": h2020}, {"programme_id": h2020}, {}],
            "groups": [
                {"part": "participant", "of": "people", "count": 60},
                {"part": "partner", "of": "organisations", "count": 7}
            ]
        }));
        let made = write(db, move |tx| project::create(tx, &run)).expect("a project");
        let project = made.id;
        let seat = |who, role: &str| {
            let content = content(json!({
                "organisation_id": who, "role": role,
                "ec_contribution": {"amount": 377_006.44, "currency": "EUR"}
            }));
            write(db, move |tx| participation::create(tx, project, &content)).expect("a seat")
        };
        let (first, second) = (seat(ismu.id, "coordinator"), seat(rome.id, "participant"));
        let (mut followed, middle) = all(db);
        assert_eq!(followed.len(), 5);
        assert!(followed[&project.into()].contains("unnamed_partners: true"));

        write(db, move |tx| participation::delete(tx, second.id, None)).expect("deleted");
        write(db, move |tx| organisation::delete(tx, rome.id, None)).expect("deleted");
        let moved =
            content(json!({"names": [{"value": "ISMU"}], "country": "SM", "parent_id": null}));
        write(db, move |tx| organisation::update(tx, ismu.id, None, &moved)).expect("changed");
        let shorter = content(json!({
            "period": "2018/2020", "groups": [{"part": "participant", "of": "people", "count": 60}]
        }));
        write(db, move |tx| project::update(tx, project, None, &shorter)).expect("changed");
        let changed = content(json!({"organisation_id": ismu.id, "role": "third_party"}));
        write(db, move |tx| participation::update(tx, first.id, None, &changed)).expect("changed");

        let (expected, last) = all(db);
        assert_eq!(expected.len(), 3);
        assert!(expected[&project.into()].contains("unnamed_partners: false"));
        assert_eq!(db.read_blocking(facts::revision).expect("the last revision"), last);
        assert_eq!(follow(db, &mut followed, middle, 2), last);
        assert_eq!(followed, expected, "from the middle");
        for limit in [1, 3, 1000] {
            let mut known = Known::new();
            assert_eq!(follow(db, &mut known, start, limit), last);
            assert_eq!(known, expected, "from the start, {limit} at a time");
        }
    });
}
