//! One test for each quirk seen in real CORDIS files.

use crate::common::{Collected, import_files};
use consortia_domain::import::{ParticipationRecord, Severity};
use consortia_domain::money::Money;
use consortia_domain::organisation::NameKind;
use consortia_domain::project::ProjectStatus;
use consortia_domain::role::Role;
use std::fmt::Write as _;

const PROJECTS: &str = "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution;\
    legalBasis;topics;frameworkProgramme;masterCall;subCall;fundingScheme;objective;\
    contentUpdateDate;rcn;grantDoi\n";

const SEATS: &str = "projectID;organisationID;vatNumber;name;shortName;SME;activityType;city;\
    country;nutsCode;geolocation;organizationURL;contentUpdateDate;rcn;order;role;ecContribution;\
    netEcContribution;totalCost;endOfParticipation\n";

/// Participations of made-up rows, each `project;pic;name;country;order;role;contribution;net;cost`.
fn seats(rows: &[&str]) -> Collected {
    let mut text = SEATS.to_owned();
    for row in rows {
        let [project, pic, name, country, order, role, contribution, net, cost] =
            row.split(';').collect::<Vec<_>>().try_into().expect("nine cells");
        writeln!(
            text,
            "{project};{pic};;{name};;false;REC;;{country};;;;2024-01-01 00:00:00;;\
             {order};{role};{contribution};{net};{cost};false"
        )
        .expect("writing to a text cannot fail");
    }
    import_files(&[("organization.csv", &text)])
}

/// Projects of made-up rows, each `id;status;start;end;cost;contribution`.
fn projects(rows: &[&str]) -> Collected {
    let mut text = PROJECTS.to_owned();
    for row in rows {
        let [id, status, start, end, cost, contribution] =
            row.split(';').collect::<Vec<_>>().try_into().expect("six cells");
        writeln!(
            text,
            "{id};ACRO;{status};A title;{start};{end};{cost};{contribution};H2020-EU.1.1.;;H2020;;\
             ERC-2014-STG;ERC-STG;Objective;2024-01-01 00:00:00;;"
        )
        .expect("writing to a text cannot fail");
    }
    import_files(&[("project.csv", &text)])
}

fn cents(amount: Option<Money>) -> Option<i64> {
    amount.map(Money::minor)
}

fn only(collected: &Collected) -> &ParticipationRecord {
    assert_eq!(collected.all_participations().count(), 1, "{:?}", collected.rejections);
    collected.all_participations().next().expect("one")
}

fn country(collected: &Collected, pic: &str) -> Option<&'static str> {
    let content = &collected.organisation(&format!("pic:{pic}")).content;
    content.country.map(consortia_domain::country::Country::code)
}

#[test]
fn decimal_point_and_comma_in_one_row() {
    let found = seats(&["633053;999643007;UOA;EL;14;thirdParty;0;528340.97;960619,95"]);
    let seat = only(&found);
    assert_eq!(cents(seat.net_ec_contribution), Some(52_834_097));
    assert_eq!(cents(seat.total_cost), Some(96_061_995));
}

#[test]
fn empty_and_zero_mean_different_things() {
    let found = seats(&[
        "690850;997352934;UHK;HK;9;partner;;0;81000",
        "690850;999643007;UOA;EL;10;partner;0;;",
    ]);
    let amounts: Vec<_> = found
        .participations("cordis:690850")
        .iter()
        .map(|seat| (cents(seat.ec_contribution), cents(seat.net_ec_contribution)))
        .collect();
    assert_eq!(amounts, [(None, Some(0)), (Some(0), None)]);
    assert!(found.rejections.is_empty());
}

#[test]
fn net_contribution_differs_from_contribution() {
    let found = seats(&["101113201;954616286;EIT DIGITAL;BE;5;participant;816250;62500;816250"]);
    let seat = only(&found);
    assert_eq!(cents(seat.ec_contribution), Some(81_625_000));
    assert_eq!(cents(seat.net_ec_contribution), Some(6_250_000));
    assert!(found.rejections.is_empty());
}

#[test]
fn no_participant_is_dropped_for_want_of_money() {
    let found = seats(&["101004635;999885216;UNIVERSITY OF OTTAWA;CA;10;internationalPartner;;;"]);
    assert_eq!(only(&found).role, Some(Role::InternationalPartner));
}

#[test]
fn roles_in_any_letter_case() {
    let roles = [
        ("COORDINATOR", Role::Coordinator),
        ("participant", Role::Participant),
        ("Partner", Role::Partner),
        ("thirdParty", Role::ThirdParty),
        ("internationalPartner", Role::InternationalPartner),
        ("associatedPartner", Role::AssociatedPartner),
        ("hostInstitution", Role::HostInstitution),
        ("beneficiary", Role::Beneficiary),
    ];
    for (text, role) in roles {
        let found = seats(&[&format!("633053;999643007;UOA;EL;1;{text};1;1;1")]);
        assert_eq!(only(&found).role, Some(role), "{text}");
    }
}

#[test]
fn an_unknown_role_costs_the_role_only() {
    let found = seats(&["633053;999643007;UOA;EL;1;Principal contractor;1;1;1"]);
    assert_eq!(only(&found).role, None);
    assert_eq!(found.reasons(Severity::Notice).len(), 1);
}

#[test]
fn projects_with_two_coordinators_and_with_none() {
    let found = seats(&[
        "690850;997352934;UHK;HK;1;coordinator;1;1;1",
        "690850;999643007;UOA;EL;2;coordinator;1;1;1",
        "690851;999643007;UOA;EL;1;participant;1;1;1",
    ]);
    let coordinators = |id: &str| {
        let is_coordinator = |seat: &&ParticipationRecord| seat.role == Some(Role::Coordinator);
        found.participations(id).iter().filter(is_coordinator).count()
    };
    assert_eq!((coordinators("cordis:690850"), coordinators("cordis:690851")), (2, 0));
}

#[test]
fn statuses_of_every_vintage() {
    use ProjectStatus::{Completed, Suspended, Terminated};
    for (text, status) in [
        ("SIGNED", None),
        ("ONG", None),
        ("CLOSED", Some(Completed)),
        ("CLO", Some(Completed)),
        ("TERMINATED", Some(Terminated)),
        ("CAN", Some(Terminated)),
        ("SUSPENDED", Some(Suspended)),
    ] {
        let found = projects(&[&format!("632927;{text};2014-01-01;2016-01-01;1;1")]);
        assert_eq!(found.projects[0].content.stated_status, status, "{text}");
        assert!(found.rejections.is_empty(), "{text}");
    }
}

#[test]
fn acronyms_are_not_unique() {
    let found = projects(&["632927;;;;;", "632928;;;;;"]);
    assert_eq!(found.projects.len(), 2);
    assert!(found.projects.iter().all(|p| p.content.acronym.as_ref().unwrap().as_str() == "ACRO"));
}

#[test]
fn countries_uk_el_and_xk() {
    let found = seats(&[
        "633053;999643001;A;UK;1;coordinator;1;1;1",
        "633053;999643002;B;EL;2;participant;1;1;1",
        "633053;999643003;C;XK;3;participant;1;1;1",
    ]);
    let codes = ["999643001", "999643002", "999643003"].map(|pic| country(&found, pic));
    assert_eq!(codes, [Some("GB"), Some("GR"), Some("XK")]);
}

#[test]
fn na_may_be_namibia_or_missing() {
    let found = seats(&[
        "633053;998753420;UNIVERSITY OF NAMIBIA;NA;1;coordinator;1;1;1",
        "633053;915949564;;NA;2;participant;1;1;1",
        "633054;915949564;;NA;2;participant;1;1;1",
    ]);
    assert_eq!(country(&found, "998753420"), Some("NA"));
    assert_eq!(country(&found, "915949564"), None);
    // Once for the organisation, not once for each of its rows.
    assert_eq!(found.reasons(Severity::Notice).len(), 1);
    assert_eq!(found.all_participations().count(), 3);
}

#[test]
fn vat_number_missing_is_none_and_a_shared_one_is_kept() {
    let row = |pic: &str, vat: &str| {
        format!("633053;{pic};{vat};Name {pic};;;REC;;IT;;;;;;;participant;;;;\n")
    };
    let rows =
        [("999643001", "MISSING"), ("999643002", "IT06835420966"), ("999643003", "IT06835420966")];
    let rows: String = rows.iter().map(|(pic, vat)| row(pic, vat)).collect();
    let found = import_files(&[("organization.csv", &format!("{SEATS}{rows}"))]);
    let ids = found.organisations.iter().map(|record| record.content.external_ids.len());
    assert_eq!(ids.collect::<Vec<_>>(), [1, 2, 2]);
    assert!(found.rejections.is_empty(), "{:?}", found.rejections);
}

#[test]
fn one_organisation_under_several_pics_stays_several() {
    let found = seats(&[
        "633053;999643001;ISMU;IT;1;coordinator;1;1;1",
        "633054;999643002;ISMU;IT;1;coordinator;1;1;1",
    ]);
    assert_eq!(found.organisations.len(), 2);
}

#[test]
fn one_pic_under_several_spellings() {
    let row = |name: &str, short: &str, date: &str| {
        format!("633053;999643001;;{name};{short};;REC;;IT;;;;{date};;;participant;;;;\n")
    };
    let rows = [
        row("FONDAZIONE ISMU", "ISMU", "2018-01-01 00:00:00"),
        row("FONDAZIONE ISMU ETS", "ISMU", "2024-01-01 00:00:00"),
        row("FONDAZIONE ISMU", "ISMU", "2019-01-01 00:00:00"),
        row("Fundaci\u{FFFD}n ISMU", "ISMU", "2025-01-01 00:00:00"),
    ];
    let expected = |found: &Collected| {
        let content = &found.organisation("pic:999643001").content;
        assert_eq!(content.name(NameKind::Legal).unwrap().as_str(), "FONDAZIONE ISMU ETS");
        assert_eq!(content.name(NameKind::Short).unwrap().as_str(), "ISMU");
        let aliases: Vec<_> = content
            .names
            .iter()
            .filter(|n| n.kind == NameKind::Alias)
            .map(|n| n.value.as_str())
            .collect();
        assert_eq!(aliases, ["FONDAZIONE ISMU", "Fundaci\u{FFFD}n ISMU"]);
    };
    expected(&import_files(&[("organization.csv", &format!("{SEATS}{}", rows.concat()))]));
    let mut backwards = rows;
    backwards.reverse();
    expected(&import_files(&[("organization.csv", &format!("{SEATS}{}", backwards.concat()))]));
}

#[test]
fn the_same_organisation_twice_in_one_project() {
    let found = seats(&[
        "633053;999643007;UOA;EL;1;coordinator;10;10;10",
        "633053;999643007;UOA;EL;2;thirdParty;20;20;20",
        "633053;999643007;UOA;EL;3;thirdParty;30;30;30",
        // A row repeated in every cell is one participation.
        "633053;999643007;UOA;EL;3;thirdParty;30;30;30",
    ]);
    let seats = found.participations("cordis:633053");
    let keys: Vec<_> = seats.iter().map(|seat| (seat.role.unwrap(), seat.occurrence)).collect();
    assert_eq!(keys, [(Role::Coordinator, 0), (Role::ThirdParty, 0), (Role::ThirdParty, 1)]);
    assert_eq!(found.reasons(Severity::Notice).len(), 1);
}

#[test]
fn natural_persons_as_organisations() {
    let found = seats(&["633053;999643007;ROSSI MARIA;IT;1;coordinator;1;1;1"]);
    let name = found.organisation("pic:999643007").content.name(NameKind::Legal).cloned();
    assert_eq!(name.unwrap().as_str(), "ROSSI MARIA");
}

#[test]
fn dates_in_every_format() {
    for (start, end) in [
        ("2019-05-01", "2021-04-30"),
        ("2019-05-01 00:00:00", "2021-04-30T00:00:00"),
        ("01.05.2019 00:00", "30.04.2021 00:00"),
        ("5/1/19", "4/30/21"),
        ("01/05/2019", "30/04/2021"),
        ("5/1/2019", "4/30/2021"),
    ] {
        let found = projects(&[&format!("632927;;{start};{end};;")]);
        let period = found.projects[0].content.period.to_string();
        assert_eq!(period, "2019-05-01/2021-04-30", "{start} {end}");
    }
}

#[test]
fn an_end_before_the_start_is_dropped() {
    let found = projects(&["632927;SIGNED;2019-05-01;2018-05-01;1;1"]);
    let content = &found.projects[0].content;
    assert_eq!(content.period.to_string(), "2019-05-01/");
    let notices = found.reasons(Severity::Notice);
    assert_eq!(
        notices,
        ["2 endDate: In this column was expected a date after the start, 2019-05-01. \
          The cell was left out."]
    );
}

#[test]
fn one_bad_cell_costs_the_cell_only() {
    let found = seats(&["633053;999643007;UOA;EL;first;coordinator;1;1;1"]);
    let seat = only(&found);
    assert_eq!((seat.order, seat.role), (None, Some(Role::Coordinator)));
    let notices = found.reasons(Severity::Notice);
    assert_eq!(
        notices,
        ["2 order: In this column was expected a place in the list of participants such as 1. \
          The cell was left out."]
    );
}

#[test]
fn rows_with_too_many_cells_are_rejected() {
    let text = format!(
        "{SEATS}633053;999643007;;UNIVERSITY; OF ATHENS;UOA;false;HES;;EL;;;;;;1;coordinator;1;1;1;false\n\
        633053;999643008;;SOUND;;false;HES;;EL;;;;;;2;participant;1;1;1;false\n"
    );
    let found = import_files(&[("organization.csv", &text)]);
    assert_eq!(only(&found).organisation.value(), "999643008");
    assert_eq!(
        found.reasons(Severity::Rejected),
        ["2 : The row has 21 cells and the header 20: a separator stands unquoted within some \
          cell. The row was left out."]
    );
}

#[test]
fn rows_shifted_within_their_width_are_rejected() {
    // The name held a separator, and the last cell was cut off.
    let text = format!(
        "{SEATS}633053;999643007;;UNIVERSITY; OF ATHENS;UOA;false;HES;ATHINA;EL;;;;;;1;coordinator;1;1;1\n"
    );
    let found = import_files(&[("organization.csv", &text)]);
    assert_eq!(found.all_participations().count(), 0);
    assert!(found.organisations.is_empty());
    let [rejection] = &found.rejections[..] else { panic!("{:?}", found.rejections) };
    assert_eq!((rejection.severity, rejection.origin.line), (Severity::Rejected, 2));
    assert!(
        rejection.reason.starts_with("The row is shifted: what stands in "),
        "{}",
        rejection.reason
    );
}

#[test]
fn a_cost_of_millions_with_a_contribution_of_a_few_euro() {
    // A thousands separator split the contribution: 7,250,000,25 became 7250000 and 25.
    let shifted = seats(&["633053;999643007;UOA;EL;one;coordinator;25;;7250000"]);
    assert_eq!(shifted.all_participations().count(), 0);
    let [reason] = &shifted.reasons(Severity::Rejected)[..] else { panic!() };
    assert!(reason.contains("the cost contradicts the contribution"), "{reason}");
    // Without other evidence it is kept, and said.
    let odd = seats(&["633053;999643007;UOA;EL;1;coordinator;25;;7250000"]);
    assert_eq!(cents(only(&odd).ec_contribution), Some(2_500));
    assert_eq!(odd.reasons(Severity::Notice).len(), 1);
}

#[test]
fn a_shifted_project_row_is_rejected() {
    let text = format!(
        "{PROJECTS}632927;ACRO;SIGNED;A title; in two;2014-01-01;2016-01-01;7000000;25;H2020-EU.1.1.;;H2020;;;;;;195000\n"
    );
    let found = import_files(&[("project.csv", &text)]);
    assert!(found.projects.is_empty());
    assert_eq!(found.reasons(Severity::Rejected).len(), 1);
}

#[test]
fn rows_without_a_project_or_an_organisation_are_rejected() {
    let found =
        seats(&[";999643007;UOA;EL;1;coordinator;1;1;1", "633053;;;EL;1;coordinator;1;1;1"]);
    let reasons = found.reasons(Severity::Rejected);
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].starts_with("2 projectID: The row names no project"), "{reasons:?}");
    assert!(reasons[1].starts_with("3 organisationID: The row does not tell who"), "{reasons:?}");
}

#[test]
fn organisations_without_a_pic_go_by_record_number_or_name() {
    let text = format!(
        "{SEATS}633053;;;ISTITUTO CURIE;;;REC;Roma;IT;;;;;;1;coordinator;;;;\n\
         633054;;;Istituto Curie;;;REC;ROMA;IT;;;;;;1;coordinator;;;;\n\
         633055;;;Istituto Curie;;;REC;Milano;IT;;;;;;1;coordinator;;;;\n\
         633056;;;Whoever;;;REC;;IT;;;;;1906280;1;coordinator;;;;\n"
    );
    let found = import_files(&[("organization.csv", &text)]);
    let keys: Vec<_> = found.organisations.iter().map(|record| record.key.to_string()).collect();
    assert_eq!(
        keys,
        [
            "local:cordis-name:istituto-curie/it/roma",
            "local:cordis-name:istituto-curie/it/milano",
            "rcn:1906280"
        ]
    );
}

#[test]
fn a_record_number_claimed_by_two_organisations_is_left_out() {
    let row = |pic: &str, rcn: &str| {
        format!("633053;{pic};;N{pic};;;REC;;IT;;;;;{rcn};;participant;;;;\n")
    };
    let rows = row("999643001", "77") + &row("999643002", "77") + &row("999643003", "78");
    let found = import_files(&[("organization.csv", &format!("{SEATS}{rows}"))]);
    let ids: Vec<_> =
        found.organisations.iter().map(|record| record.content.external_ids.len()).collect();
    assert_eq!(ids, [1, 1, 2]);
}
