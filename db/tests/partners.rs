//! Partners: whom an organisation shares projects with.

use crate::common::{content, on_both, write};
use consortia_db::{Db, Error, organisation, participation, partners, programme, project};
use consortia_domain::filter::{Condition, Conditions};
use consortia_domain::id::{OrganisationId, ProgrammeId, ProjectId, RecordRef};
use consortia_domain::page::{ListRequest, Page, SortKey};
use consortia_domain::partner::{Partner, PartnerFilter, PartnerSummary};
use serde_json::json;
use std::str::FromStr;

struct Made {
    ismu: OrganisationId,
}

fn organisation(db: &Db, name: &str, country: Option<&str>) -> OrganisationId {
    let content = content(json!({
        "names": [{"value": name, "kind": "legal"}],
        "country": country
    }));
    write(db, move |tx| organisation::create(tx, &content)).expect("an organisation").id
}

fn project(db: &Db, start: &str, end: &str, programme: Option<ProgrammeId>) -> ProjectId {
    let content = content(json!({
        "period": {"start": start, "end": end},
        "fundings": [{"programme_id": programme}]
    }));
    write(db, move |tx| project::create(tx, &content)).expect("a project").id
}

fn take_part(db: &Db, project: ProjectId, who: OrganisationId, role: Option<&str>) {
    let content = content(json!({"organisation_id": who, "role": role}));
    write(db, move |tx| participation::create(tx, project, &content)).expect("a participation");
}

/// ISMU with four partners in two projects; a third project is not its own.
fn fill(db: &Db) -> Made {
    let code = content(json!({"code": "H2020"}));
    let h2020 = write(db, move |tx| programme::create(tx, &code)).expect("a programme").id;
    let code = content(json!({"code": "H2020-EU.3.6.", "parent_id": h2020}));
    let branch = write(db, move |tx| programme::create(tx, &code)).expect("a programme").id;
    let ismu = organisation(db, "ISMU", Some("IT"));
    let vienna = organisation(db, "Wien", Some("AT"));
    let leuven = organisation(db, "Leuven", Some("BE"));
    let ottawa = organisation(db, "Ottawa", Some("CA"));
    let nowhere = organisation(db, "Nirgends", None);
    let stranger = organisation(db, "Fremd", Some("DE"));
    let resoma = project(db, "2018-02-01", "2020-01-31", Some(branch));
    let spring = project(db, "2021-03", "2023", None);
    let other = project(db, "2010", "2011", Some(h2020));
    for (project, who, role) in [
        (resoma, ismu, Some("coordinator")),
        (resoma, vienna, Some("participant")),
        (resoma, leuven, Some("participant")),
        (spring, ismu, Some("coordinator")),
        (spring, vienna, Some("participant")),
        (spring, vienna, Some("third_party")),
        (spring, ottawa, Some("international_partner")),
        (spring, nowhere, None),
        (other, vienna, Some("coordinator")),
        (other, stranger, Some("participant")),
    ] {
        take_part(db, project, who, role);
    }
    Made { ismu }
}

fn ask(
    db: &Db,
    of: OrganisationId,
    request: &ListRequest<PartnerFilter>,
) -> (PartnerSummary, Page<Partner>) {
    db.read_blocking(|c| partners::list(c, &RecordRef::from(of), request)).expect("partners")
}

fn labels(page: &Page<Partner>) -> Vec<&str> {
    page.data.iter().map(|partner| partner.organisation.label.as_str()).collect()
}

fn filtered(db: &Db, of: OrganisationId, change: impl Fn(&mut PartnerFilter)) -> Vec<String> {
    let mut request = ListRequest::default();
    change(&mut request.filter);
    let page = ask(db, of, &request).1;
    assert_eq!(page.total, page.data.len() as u64);
    labels(&page).into_iter().map(str::to_owned).collect()
}

fn is<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> Conditions<T> {
    Conditions::is(text.parse().expect(text))
}

#[test]
fn partners_are_counted_once_for_each_shared_project() {
    on_both(|db| {
        let made = fill(db);
        let (summary, page) = ask(db, made.ismu, &ListRequest::default());
        assert_eq!(summary.organisation.label, "ISMU");
        assert_eq!((summary.projects, summary.partners, summary.countries), (2, 4, 3));
        let by_country: Vec<_> = summary
            .by_country
            .iter()
            .map(|of| (of.country.map(|country| country.to_string()), of.partners))
            .collect();
        let code = |code: &str| Some(code.to_owned());
        assert_eq!(by_country, [(code("AT"), 1), (code("BE"), 1), (code("CA"), 1), (None, 1)]);
        assert_eq!(labels(&page), ["Wien", "Leuven", "Nirgends", "Ottawa"]);
        assert_eq!((page.total, page.next), (4, None));
        let vienna = &page.data[0];
        assert_eq!(vienna.shared_projects, 2);
        assert_eq!((vienna.first_year, vienna.last_year), (Some(2018), Some(2023)));
        let leuven = &page.data[1];
        assert_eq!((leuven.first_year, leuven.last_year), (Some(2018), Some(2020)));
    });
}

#[test]
fn filters_choose_and_complements_add_up() {
    on_both(|db| {
        let made = fill(db);
        assert_eq!(filtered(db, made.ismu, |f| f.country = is("AT")), ["Wien"]);
        assert_eq!(filtered(db, made.ismu, |f| f.country_group = is("eu")), ["Wien", "Leuven"]);
        assert_eq!(filtered(db, made.ismu, |f| f.role = is("participant")), ["Wien", "Leuven"]);
        assert_eq!(filtered(db, made.ismu, |f| f.role = is("coordinator")), [""; 0]);
        assert_eq!(filtered(db, made.ismu, |f| f.programme = is("H2020")), ["Wien", "Leuven"]);
        let not = |text: &str| {
            let mut conditions = is(text);
            let condition: &mut Condition<_> = &mut conditions.0[0];
            condition.negated = true;
            conditions
        };
        let others = filtered(db, made.ismu, |f| f.country = not("AT"));
        assert_eq!(others, ["Leuven", "Nirgends", "Ottawa"]);
        let unknown = filtered(db, made.ismu, |f| {
            f.role =
                Conditions(vec![Condition { negated: false, values: Vec::new(), unknown: true }]);
        });
        assert_eq!(unknown, ["Nirgends"]);
    });
}

#[test]
fn every_order_can_be_walked() {
    on_both(|db| {
        let made = fill(db);
        for (name, descending, expected) in [
            ("label", false, ["Leuven", "Nirgends", "Ottawa", "Wien"]),
            ("label", true, ["Wien", "Ottawa", "Nirgends", "Leuven"]),
            ("country", false, ["Wien", "Leuven", "Ottawa", "Nirgends"]),
            ("country", true, ["Ottawa", "Leuven", "Wien", "Nirgends"]),
        ] {
            let sort = vec![SortKey { name, descending }];
            let mut request = ListRequest { sort, limit: 1, ..ListRequest::default() };
            let mut walked = Vec::new();
            loop {
                let page = ask(db, made.ismu, &request).1;
                assert_eq!(page.total, 4);
                walked.extend(labels(&page).into_iter().map(str::to_owned));
                request.cursor = page.next;
                if request.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(walked, expected, "{name} {descending}");
        }
        let search = Some("wein".parse().expect("a query"));
        let page = ask(db, made.ismu, &ListRequest { search, ..ListRequest::default() }).1;
        assert_eq!(labels(&page), ["Wien"]);
        assert_eq!(page.corrections.len(), 1);
    });
}

#[test]
fn an_organisation_without_projects_has_no_partners() {
    on_both(|db| {
        let alone = organisation(db, "Allein", Some("AT"));
        let (summary, page) = ask(db, alone, &ListRequest::default());
        assert_eq!((summary.projects, summary.partners, page.total), (0, 0, 0));
        assert!(summary.by_country.is_empty());
        let nobody: RecordRef = "pic:968823876".parse().expect("a reference");
        let missing = db.read_blocking(|c| partners::list(c, &nobody, &ListRequest::default()));
        assert!(matches!(missing, Err(Error::NotFound { .. })), "{missing:?}");
    });
}
