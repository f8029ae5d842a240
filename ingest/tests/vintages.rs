//! Layouts of other years, several tables together, and what tells them apart.

use crate::common::{Collected, import, import_files};
use consortia_domain::import::Severity;
use consortia_domain::money::Money;
use consortia_domain::organisation::NameKind;
use consortia_domain::role::Role;
use std::io::Write as _;

const OLD_PROJECTS: &str = "\u{FEFF}rcn;id;acronym;status;programme;topics;frameworkProgramme;\
    title;startDate;endDate;projectUrl;objective;totalCost;ecMaxContribution;call;fundingScheme;\
    coordinator;coordinatorCountry;participants;participantCountries;subjects\n";

const OLD_SEATS: &str = "\u{FEFF}projectRcn;projectID;projectAcronym;role;id;name;shortName;\
    activityType;endOfParticipation;ecContribution;country;street;city;postCode;organizationUrl;\
    vatNumber;contactForm;contactType;contactTitle;contactFirstNames;contactLastNames;\
    contactFunction;contactTelephoneNumber;contactFaxNumber\n";

fn old_project() -> String {
    format!(
        "{OLD_PROJECTS}212878;770730;ReSOMA;SIGNED;H2020-EU.3.6.1.1.;MIGRATION-02-2017;H2020;\
         Research Social Platform on Migration and Asylum;2018-02-01;2020-01-31;\
         http://www.resoma.eu;\"First line\nsecond line\";1497375,5;1497375,5;H2020-SC6-MIGRATION-2017;\
         CSA;FONDAZIONE ISMU;IT;SOLIDAR;BE;SOC;\n"
    )
    .replace("SOC;\n", "SOC\n")
}

#[test]
fn tables_of_2015_to_2020() {
    let seats = format!(
        "{OLD_SEATS}212878;770730;ReSOMA;coordinator;968823876;FONDAZIONE ISMU;ISMU;REC;false;\
         377006,44;IT;VIA COPERNICO 1;MILANO;20125;www.ismu.org;MISSING;;;Dr;Maria;Rossi;\
         Director;+39 02 1234567;+39 02 7654321\n"
    );
    let found = import_files(&[
        ("cordis-h2020projects.csv", &old_project()),
        ("cordis-h2020organizations.csv", &seats),
    ]);
    assert!(found.rejections.is_empty(), "{:?}", found.rejections);
    let project = found.project("cordis:770730");
    let content = &project.content;
    assert_eq!(content.total_cost.map(Money::minor), Some(149_737_550));
    assert_eq!(content.homepage.as_ref().unwrap().as_str(), "http://www.resoma.eu");
    assert_eq!(
        content.external_ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["cordis:770730", "rcn:212878"]
    );
    let themes: Vec<_> =
        content.themes.iter().map(|t| (t.vocabulary.as_str(), t.code.as_str())).collect();
    assert_eq!(themes, [("cordis-topic", "MIGRATION-02-2017"), ("cordis-subject", "SOC")]);
    let funding = &project.fundings[0];
    assert_eq!(funding.call.as_ref().unwrap().as_str(), "H2020-SC6-MIGRATION-2017");
    assert_eq!(funding.programme.as_ref().unwrap().as_str(), "H2020-EU.3.6.1.1.");
    let seat = &found.participations("cordis:770730")[0];
    assert_eq!(seat.ec_contribution.map(Money::minor), Some(37_700_644));
    // The list in the project's row is not used when there is a table of participations.
    assert_eq!(found.all_participations().count(), 1);
    // The project's row spans two lines, so whatever follows it is on the fourth.
    assert_eq!(project.origin.line, 2);
}

/// Everything an import hands over, as text.
fn everything(found: &Collected) -> String {
    format!(
        "{:?}{:?}{:?}{:?}{:?}",
        found.projects, found.organisations, found.groups, found.rejections, found.summary
    )
}

#[test]
fn contact_columns_are_never_kept_nor_reported() {
    // The second row lacks its last cell; the third is shifted, so that contact data stands in
    // columns that are read.
    let person = "Dr;Maria;Rossi;Director;+39 02 1234567;+39 02 7654321";
    let seats = format!(
        "{OLD_SEATS}212878;770730;A;coordinator;968823876;ISMU;;REC;false;1,5;IT;;;;;;;;{person}\n\
         212878;770730;A;coordinator;968823876;ISMU;;REC;false;1,5;IT;;;;;;;;Dr;Maria;Rossi;Director;+39 02 1234567\n\
         212878;770730;A;Maria;968823877;B;;Rossi;Director;+39 02 1234567;maria.rossi@ismu.org;;;;;;;;{person}\n\
         212878;770730;A;Director;968823878;C;;REC;+39 02 1234567;1,5;IT;;;;;;;;{person}\n"
    );
    let found = import_files(&[("organizations.csv", &seats)]);
    let text = everything(&found);
    for personal in ["Maria", "Rossi", "Director", "1234567", "7654321", "@", "Dr"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    assert_eq!(found.summary.rejected, 3);
}

#[test]
fn participants_listed_in_the_project_row_where_there_is_no_table_of_them() {
    let found = import_files(&[("cordis-h2020projects.csv", &old_project())]);
    let seats: Vec<_> = found
        .participations("cordis:770730")
        .iter()
        .map(|seat| (seat.role, seat.order, seat.organisation.value()))
        .collect();
    assert_eq!(
        seats,
        [
            (Some(Role::Coordinator), Some(1), "cordis-name:fondazione-ismu/it/"),
            (Some(Role::Participant), Some(2), "cordis-name:solidar/be/")
        ]
    );
    assert_eq!(found.organisations.len(), 2);
}

#[test]
fn projects_of_fp4() {
    let text = "RCN,Project Title,Start Date,End Date\n\
                31267,\"Migration, settlement\",01/02/1996,31/01/1998\n";
    let found = import_files(&[("cordis-fp4projects.csv", text)]);
    let project = found.project("rcn:31267");
    assert_eq!(project.content.period.to_string(), "1996-02-01/1998-01-31");
    let title = project.content.titles.preferred(&[]).map(|(_, title)| title.as_str());
    assert_eq!(title, Some("Migration, settlement"));
    // The name of the file tells the framework programme.
    assert_eq!(project.fundings[0].programme.as_ref().unwrap().as_str(), "FP4");
}

#[test]
fn references_of_contracts_from_before_project_numbers() {
    let text = "id;rcn;title\nIST-1999-10077;53000;A title\n";
    let found = import_files(&[("project.csv", text)]);
    assert_eq!(found.project("grant:IST-1999-10077").content.external_ids.len(), 2);
}

#[test]
fn windows_1252_is_read_and_said() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("organization.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(
        b"projectID;organisationID;name;country;role\r\n\
                     633053;999643007;Universit\xe9 de Li\xe8ge;BE;coordinator\r\n",
    )
    .unwrap();
    let found = import(&[path]);
    let name = found.organisation("pic:999643007").content.name(NameKind::Legal).cloned();
    assert_eq!(name.unwrap().as_str(), "Université de Liège");
    assert_eq!(found.reasons(Severity::Notice).len(), 1);
}

#[test]
fn lines_are_counted_as_editors_count_them() {
    for end in ["\n", "\r\n"] {
        let text = [
            "id;title;startDate",
            "632927;\"two",
            "lines\";2014-01-01",
            "",
            "632928;sound;2014-01-01",
            "632929;too;many;cells",
        ]
        .join(end);
        let found = import_files(&[("project.csv", &text)]);
        let lines: Vec<_> = found.projects.iter().map(|project| project.origin.line).collect();
        assert_eq!(lines, [2, 5], "{end:?}");
        assert_eq!(found.rejections[0].origin.line, 6, "{end:?}");
    }
}

#[test]
fn the_newer_of_two_vintages_wins_whatever_their_order() {
    let old_projects =
        "id;title;rcn;contentUpdateDate\n770730;Old title;212878;2019-01-01 00:00:00\n";
    let new_projects =
        "id;title;rcn;contentUpdateDate\n770730;New title;212878;2023-01-01 00:00:00\n";
    let seats = |date: &str, amount: &str| {
        format!(
            "projectID;organisationID;name;country;role;order;ecContribution;contentUpdateDate\n\
             770730;968823876;ISMU;IT;coordinator;1;{amount};{date} 00:00:00\n"
        )
    };
    let (old_seats, new_seats) = (seats("2019-01-01", "1"), seats("2023-01-01", "2"));
    let old = [("p1.csv", old_projects), ("s1.csv", old_seats.as_str())];
    let new = [("p2.csv", new_projects), ("s2.csv", new_seats.as_str())];
    for files in [[old, new].concat(), [new, old].concat()] {
        let found = import_files(&files);
        assert_eq!(found.projects.len(), 1);
        let title =
            found.projects[0].content.titles.preferred(&[]).map(|(_, title)| title.as_str());
        assert_eq!(title, Some("New title"));
        let seats = found.participations("cordis:770730");
        assert_eq!(seats.len(), 1);
        assert_eq!(seats[0].ec_contribution.map(Money::minor), Some(200));
        assert_eq!((found.summary.superseded, found.summary.rejected), (2, 0));
    }
}

#[test]
fn a_project_known_by_record_number_and_by_number_is_one() {
    let old = "id;title;rcn\nrcn-212878;Old;212878\n";
    let new = "id;title;rcn;contentUpdateDate\n770730;New;212878;2023-01-01 00:00:00\n";
    let seats = "projectID;organisationID;name;country;role\n\
                 rcn-212878;968823876;ISMU;IT;coordinator\n";
    let found = import_files(&[("old.csv", old), ("new.csv", new), ("seats.csv", seats)]);
    assert_eq!(found.projects.len(), 1);
    assert_eq!(found.groups.len(), 1);
    let ids: Vec<_> = found.groups[0].project.iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["cordis:770730", "rcn:212878"]);
}

#[test]
fn participations_of_a_project_in_no_project_table_are_handed_over() {
    let seats = "projectID;organisationID;name;country;role\n\
                 770730;968823876;ISMU;IT;coordinator\n";
    let found = import_files(&[("organization.csv", seats)]);
    assert!(found.projects.is_empty());
    assert_eq!(found.participations("cordis:770730")[0].origin.line, 2);
}

#[test]
fn tables_that_only_add_to_projects_do_not_describe_them() {
    let topics = "projectID,topic,title\n770730,MIGRATION-02-2017,Research platform\n";
    let links = "projectID,physUrl,type,source,represents\n\
                 770730,https://www.resoma.eu,relatedWebsite,corda,project\n\
                 770731,https://ec.europa.eu/doc.pdf,projectDeliverable,corda,project\n";
    let found = import_files(&[("topics.csv", topics), ("webLink.csv", links)]);
    assert_eq!(found.projects.len(), 1);
    let record = found.project("cordis:770730");
    assert!(record.only_adds && record.fundings.is_empty());
    assert_eq!(record.content.themes.len(), 1);
    assert_eq!(record.content.homepage.as_ref().unwrap().as_str(), "https://www.resoma.eu");
    assert_eq!(found.summary.projects, 0);
}

#[test]
fn the_programme_marked_as_main_carries_the_amount() {
    let projects = "id;title;ecMaxContribution;legalBasis;frameworkProgramme\n\
                    101052410;EUCYS;100;HORIZON.4.2;HORIZON\n";
    let legal = "projectID,legalBasis,title,uniqueProgrammePart\n\
                 101052410,HORIZON.4.2.6,Careers and universities,\n\
                 101052410,HORIZON.4.2,Reforming the R&I system,True\n";
    let found = import_files(&[("project.csv", projects), ("legalBasis.csv", legal)]);
    let fundings: Vec<_> = found.projects[0]
        .fundings
        .iter()
        .map(|f| (f.programme.as_ref().unwrap().as_str(), f.amount.map(Money::minor)))
        .collect();
    assert_eq!(fundings, [("HORIZON.4.2", Some(10_000)), ("HORIZON.4.2.6", None)]);
    let codes: Vec<_> = found.programmes.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["HORIZON.4.2", "HORIZON.4.2.6", "HORIZON"]);
}

#[test]
fn a_list_of_programmes_in_one_cell() {
    let projects = "id;title;ecMaxContribution;legalBasis;frameworkProgramme\n\
                    632927;T;100;H2020-EU.2.3.1.;H2020\n\
                    632928;T;100;\"H2020-EU.2.3.1.;H2020-EU.2.1.1.\";H2020\n";
    let found = import_files(&[("project.csv", projects)]);
    let codes: Vec<_> = found
        .project("cordis:632928")
        .fundings
        .iter()
        .map(|funding| funding.programme.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(codes, ["H2020-EU.2.3.1.", "H2020-EU.2.1.1."]);
}

#[test]
fn two_projects_that_claim_one_record_number_stay_two() {
    let projects = "id;title;rcn\n632927;One;195000\n632928;Two;195000\n";
    let found = import_files(&[("project.csv", projects)]);
    let ids: Vec<_> =
        found.projects.iter().map(|project| project.content.external_ids.len()).collect();
    assert_eq!(ids, [2, 1]);
    let notices = found.reasons(Severity::Notice);
    assert_eq!(notices, ["3 rcn: Another project has this record number; it was left out."]);
}
