//! All of Horizon 2020, as shipped in `data/`.

use crate::common::{Collected, import};
use consortia_domain::import::{BATCH_SIZE, Severity};
use consortia_domain::money::Money;
use consortia_domain::organisation::NameKind;
use consortia_domain::role::Role;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

fn whole() -> Collected {
    import(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/cordis-h2020-2020-12.zip")])
}

#[test]
fn every_project_organisation_and_participation_of_horizon_2020() {
    let found = whole();
    let summary = &found.summary;
    assert_eq!(summary.rows, 31_451 + 144_727);
    assert_eq!(summary.projects, 31_451);
    assert_eq!(summary.organisations, 35_871);
    assert_eq!(summary.participations, 144_727);
    assert_eq!(
        (summary.rejected, summary.superseded),
        (0, 0),
        "{:?}",
        found.reasons(Severity::Rejected)
    );
    nothing_is_handed_over_twice(&found);
    parents_come_first(&found);
    the_notices_are_the_known_ones(&found);
    ismu_coordinates_two_projects(&found);
    spring_keeps_its_unfunded_partner(&found);
}

fn nothing_is_handed_over_twice(found: &Collected) {
    let organisations: HashSet<_> = found.organisations.iter().map(|record| &record.key).collect();
    assert_eq!(organisations.len(), found.organisations.len());
    let projects: HashSet<_> =
        found.projects.iter().flat_map(|record| &record.content.external_ids).collect();
    let ids: usize = found.projects.iter().map(|record| record.content.external_ids.len()).sum();
    assert_eq!(projects.len(), ids);
    assert_eq!(found.groups.len(), 31_451);
    for seat in found.all_participations() {
        assert!(organisations.contains(&seat.organisation));
    }
}

fn parents_come_first(found: &Collected) {
    assert!(found.batches.iter().all(|(_, len)| (1..=BATCH_SIZE).contains(len)));
    let first = |kind| found.batches.iter().position(|(other, _)| *other == kind);
    let last = |kind| found.batches.iter().rposition(|(other, _)| *other == kind);
    assert_eq!(first("programmes"), Some(0));
    assert!(first("calls") < first("projects"));
    assert!(last("projects") < first("participations"));
    assert!(last("organisations") < first("participations"));
}

/// Three costs with tenths of cents, thirteen cells with several web addresses and one that is
/// none, a VAT number that is an employer's number, and seven organisations in `NA` of which
/// nothing tells whether that is Namibia.
fn the_notices_are_the_known_ones(found: &Collected) {
    let mut columns: BTreeMap<&str, u32> = BTreeMap::new();
    for rejection in &found.rejections {
        *columns.entry(rejection.column.as_str()).or_default() += 1;
    }
    let wanted = [("country", 7), ("organizationURL", 13), ("totalCost", 3), ("vatNumber", 1)];
    assert_eq!(columns, BTreeMap::from(wanted));
}

fn ismu_coordinates_two_projects(found: &Collected) {
    let ismu = found.organisation("pic:968823876");
    assert_eq!(ismu.content.name(NameKind::Short).unwrap().as_str(), "ISMU");
    assert_eq!(ismu.content.country.unwrap().code(), "IT");
    let seats: Vec<_> =
        found.all_participations().filter(|seat| seat.organisation == ismu.key).collect();
    let contributions: Vec<_> =
        seats.iter().map(|seat| seat.ec_contribution.map(Money::decimal).unwrap()).collect();
    assert_eq!(contributions, ["359500.00", "377006.44"]);
    assert!(seats.iter().all(|seat| seat.role == Some(Role::Coordinator)));
}

fn spring_keeps_its_unfunded_partner(found: &Collected) {
    let spring = found.project("cordis:101004635");
    assert_eq!(spring.content.acronym.as_ref().unwrap().as_str(), "SPRING");
    assert_eq!(spring.content.total_cost.map(Money::decimal).unwrap(), "2108434.39");
    assert_eq!(spring.fundings[0].amount.map(Money::decimal).unwrap(), "1999536.25");
    let seats = found.participations("cordis:101004635");
    assert_eq!(seats.len(), 10);
    let ottawa = seats.iter().find(|seat| seat.organisation.value() == "999885216").unwrap();
    assert_eq!(ottawa.role, Some(Role::InternationalPartner));
    assert_eq!(ottawa.ec_contribution.map(Money::minor), Some(0));
    assert_eq!(ottawa.total_cost, None);
}
