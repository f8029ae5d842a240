//! Reading filters, sorts and cursors from query parameters.

use consortia_domain::filter::Condition;
use consortia_domain::organisation::OrganisationFilter;
use consortia_domain::page::{Cursor, CursorValue, ListRequest, read_list};
use consortia_domain::project::ProjectFilter;
use consortia_domain::{Errors, Location};
use uuid::Uuid;

fn pairs(query: &[(&str, &str)]) -> Vec<(String, String)> {
    query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn projects(query: &[(&str, &str)]) -> Result<ListRequest<ProjectFilter>, Errors> {
    read_list(&pairs(query))
}

fn codes(errors: &Errors) -> Vec<(String, &'static str)> {
    let name = |at: &Location| match at {
        Location::Parameter(name) => name.clone(),
        other => panic!("{other:?} is not a parameter"),
    };
    errors.iter().map(|fault| (name(&fault.at), fault.code)).collect()
}

#[test]
fn commas_are_or_repeats_are_and_a_bang_is_not() {
    let query = [("country", "IT,uk"), ("country", "!EL,unknown")];
    let request: ListRequest<OrganisationFilter> = read_list(&pairs(&query)).unwrap();
    let conditions = request.filter.country.0;
    let values = |n: usize| conditions[n].values.iter().map(|c| c.code()).collect::<Vec<_>>();
    assert_eq!((values(0), values(1)), (vec!["IT", "GB"], vec!["GR"]));
    assert_eq!((conditions[0].negated, conditions[1].negated), (false, true));
    assert!(matches!(conditions[1], Condition { unknown: true, .. }));
}

#[test]
fn every_wrong_parameter_is_named_at_once() {
    let errors = projects(&[
        ("colour", "blue"),
        ("status", "ongoing,over"),
        ("limit", "5000"),
        ("sort", "-start_date,size"),
        ("start_date_from", "22"),
        ("end_date_from", "2020"),
        ("end_date_to", "2019"),
        ("active_on", "2019-02-30"),
        ("q", "???"),
        ("cursor", "nonsense"),
        ("organisation", ""),
        ("acronym", "SPRING,,X"),
    ])
    .unwrap_err();
    let mut found = codes(&errors);
    found.sort();
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "acronym",
        "active_on",
        "colour",
        "cursor",
        "end_date_from",
        "limit",
        "organisation",
        "q",
        "sort",
        "start_date_from",
        "status",
    ];
    assert_eq!(names, expected);
    let colour = errors.iter().find(|fault| fault.code == "unknown_parameter").unwrap();
    assert!(colour.detail.contains("active_on, "), "{}", colour.detail);
}

#[test]
fn ranges_take_years_and_months_as_their_days() {
    let request = projects(&[("start_date_from", "2018"), ("start_date_to", "2018-02")]).unwrap();
    let days = request.filter.start_date;
    assert_eq!(days.from, "2018-01-01".parse().ok());
    assert_eq!(days.to, "2018-02-28".parse().ok());
}

#[test]
fn a_cursor_comes_back_as_it_was_and_only_to_its_own_list() {
    let query = [("sort", "-start_date,label"), ("status", "ongoing")];
    let request = projects(&query).unwrap();
    let values = vec![
        CursorValue::Date("2018-02-01".parse().unwrap()),
        CursorValue::Text("resoma".to_owned()),
        CursorValue::Integer(-3),
        CursorValue::Null,
    ];
    let cursor: Cursor = request.cursor_after(values, Uuid::now_v7());
    let text = cursor.encode();
    let with = |more: &[(&str, &str)]| {
        let mut all = vec![("cursor", text.as_str())];
        all.extend_from_slice(more);
        projects(&all)
    };
    let same = with(&[query[1], query[0], ("limit", "7")]).unwrap();
    assert_eq!(same.cursor, Some(cursor));
    let other = with(&[query[0], ("status", "completed")]).unwrap_err();
    assert_eq!(codes(&other), [("cursor".to_owned(), "invalid_cursor")]);
}

#[test]
fn conditions_are_counted_and_the_same_one_twice_is_one() {
    let same = vec![("country", "IT"); 50];
    assert_eq!(projects(&same).unwrap().filter.country.0.len(), 1);
    let many: Vec<(&str, &str)> =
        ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR"]
            .map(|country| ("country", country))
            .to_vec();
    assert_eq!(codes(&projects(&many).unwrap_err()), [("country".into(), "too_many_conditions")]);
    let parameters = ["country", "acronym", "keyword"];
    let spread: Vec<(&str, &str)> = parameters
        .iter()
        .flat_map(|name| many.iter().take(8).map(|pair| (*name, pair.1)))
        .collect();
    let refused = codes(&projects(&spread).unwrap_err());
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].1, "too_many_conditions");
}

#[test]
fn the_same_value_twice_is_one_and_faults_end() {
    let values = |query: &[(&str, &str)]| projects(query).unwrap().filter.country.0[0].values.len();
    assert_eq!(values(&[("country", "IT,it,FR,IT,ITA")]), 2);
    let many = vec!["IT"; 201].join(",");
    assert_eq!(codes(&projects(&[("country", &many)]).unwrap_err())[0].1, "too_many_values");
    let wrong = vec!["nowhere"; 5_000].join(",");
    let faults = codes(&projects(&[("country", &wrong)]).unwrap_err());
    assert_eq!((faults.len(), faults[200].1), (201, "too_many_values"));
}

#[test]
fn a_cursor_with_a_text_that_no_record_holds_is_none() {
    let cursor = |text: &str| {
        let values = vec![CursorValue::Text(text.to_owned())];
        let first = projects(&[("sort", "label")]).unwrap();
        first.cursor_after(values, Uuid::nil()).encode()
    };
    projects(&[("sort", "label"), ("cursor", &cursor("a"))]).unwrap();
    let refused = projects(&[("sort", "label"), ("cursor", &cursor("a\0b"))]).unwrap_err();
    assert_eq!(codes(&refused), [("cursor".to_owned(), "invalid_cursor")]);
}

#[test]
fn years_of_five_digits_are_refused() {
    for (name, code) in [("updated_at_from", "invalid_instant"), ("active_on", "invalid_day")] {
        let found = codes(&projects(&[(name, "+99999-01-01")]).unwrap_err());
        assert_eq!(found, [(name.to_owned(), code)]);
    }
}

#[test]
fn an_identifier_is_searched_for_by_its_value() {
    let request = projects(&[("q", "cordis:101004635")]).unwrap();
    assert_eq!(request.search.unwrap().tokens, ["101004635"]);
}
