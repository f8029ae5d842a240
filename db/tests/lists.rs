//! Lists: filters, order, and paging that loses and repeats nothing.

use crate::common::{TestDb, content, on_both, write};
use consortia_db::{Conn, Db, Result, call, organisation, participation, programme, project};
use consortia_domain::call::{Call, CallFilter};
use consortia_domain::filter::Filter;
use consortia_domain::organisation::{Organisation, OrganisationFilter};
use consortia_domain::page::{ListRequest, Page, SortKey, read_list};
use consortia_domain::participation::{Participation, ParticipationFilter};
use consortia_domain::programme::{Programme, ProgrammeFilter};
use consortia_domain::project::{Project, ProjectFilter};
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// A kind of record that is listed.
trait Listed: Sized {
    type Filter: Filter;
    fn list(c: &mut Conn<'_>, request: &ListRequest<Self::Filter>) -> Result<Page<Self>>;
    fn id(&self) -> Uuid;
}

macro_rules! listed {
    ($($type:ident: $module:ident, $filter:ident;)+) => {$(
        impl Listed for $type {
            type Filter = $filter;
            fn list(c: &mut Conn<'_>, request: &ListRequest<$filter>) -> Result<Page<Self>> {
                $module::list(c, request)
            }
            fn id(&self) -> Uuid {
                self.id.into()
            }
        }
    )+};
}

listed! {
    Organisation: organisation, OrganisationFilter;
    Programme: programme, ProgrammeFilter;
    Call: call, CallFilter;
    Project: project, ProjectFilter;
    Participation: participation, ParticipationFilter;
}

/// A list asked for as over HTTP, `country=IT&sort=-label`.
fn ask<T: Listed>(db: &Db, query: &str) -> Page<T> {
    let pairs: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let request = read_list::<T::Filter>(&pairs).unwrap_or_else(|faults| panic!("{faults}"));
    db.read_blocking(|c| T::list(c, &request)).unwrap_or_else(|error| panic!("{query}: {error}"))
}

/// All pages of a list, one after another.
fn walk<T: Listed>(db: &Db, sort: Vec<SortKey>, limit: u32) -> Vec<T> {
    let mut request = ListRequest::<T::Filter> { sort, limit, ..ListRequest::default() };
    let mut all = Vec::new();
    loop {
        let page = db.read_blocking(|c| T::list(c, &request)).expect("a page");
        assert!(page.data.len() <= limit as usize);
        all.extend(page.data);
        if page.next.is_none() {
            assert_eq!(page.total, all.len() as u64);
            return all;
        }
        request.cursor = page.next;
    }
}

/// One of the values, in turns.
fn pick<T: Clone>(values: &[T], n: usize) -> T {
    values[n % values.len()].clone()
}

/// A registry with gaps and ties in everything that can be sorted by.
fn fill(db: &Db) {
    let countries = [json!("IT"), json!("FR"), json!("DE"), Value::Null];
    let roles = [json!("coordinator"), json!("participant"), Value::Null];
    write(db, move |tx| {
        let mut organisations = Vec::new();
        for n in 0..24 {
            let mut body = json!({
                "names": [{"value": format!("Università {}", pick(&["Alfa", "beta", "Ångström"], n))}],
                "country": countries[n % 4],
                "sme": pick(&[json!(true), json!(false), Value::Null], n),
                "type": pick(&[json!("research"), Value::Null], n),
            });
            if n % 5 == 0 {
                body["place"] = json!({"city": "Forlì", "nuts": "ITH58"});
            }
            organisations.push(organisation::create(tx, &content(body))?.id);
        }
        let top = programme::create(tx, &content(json!({"code": "H2020"})))?;
        let strand = json!({"code": "H2020-EU.1.", "parent_id": top.id, "aliases": ["Excellent"]});
        let strand = programme::create(tx, &content(strand))?;
        let other = programme::create(tx, &content(json!({"level": "programme"})))?;
        let mut calls = Vec::new();
        for n in 0..7 {
            let mut body = json!({
                "identifier": format!("CALL-{n}"), "programme_id": pick(&[strand.id, other.id], n),
                "year": pick(&[json!(2020), json!(2021), Value::Null], n),
            });
            if n % 2 == 0 {
                body["opening_date"] = json!(pick(&["2019", "2019-05", "2020-01-31"], n));
                body["deadlines"] = json!(["2020-03-12", "2021-09"]);
            }
            calls.push(call::create(tx, &content(body))?.id);
        }
        for n in 0..40_usize {
            let mut body = json!({
                "acronym": pick(&[json!("SPRING"), json!("Été"), Value::Null], n),
                "titles": {"en": format!("Title {}", n % 4)},
                "period": pick(&[
                    json!({"start": "2019-01-01", "end": "2021-12-31"}),
                    json!({"start": "2020", "end": ".."}),
                    json!({"end": "2018-06"}),
                    json!({"start": "2999-01"}),
                    json!({}),
                ], n),
                "keywords": pick(&[json!(["Migration"]), json!([])], n),
            });
            if n % 3 == 0 {
                let cost = pick(&[100.50, 200.0], n);
                body["total_cost"] = json!({"amount": cost, "currency": "EUR"});
                body["themes"] = json!([{"vocabulary": "euroscivoc", "code": "/29/97/543",
                    "label": "law", "path": "/social sciences/law"}]);
            }
            if n % 4 != 3 {
                body["fundings"] = json!([{
                    "programme_id": pick(&[top.id, strand.id, other.id], n), "kind": "grant",
                    "call_id": calls[n % 7], "type_of_action": pick(&["CSA", "ria"], n),
                    "funder_id": organisations[n % 2],
                }]);
            }
            if n % 7 == 0 {
                body["stated_status"] = json!("terminated");
            }
            let project = project::create(tx, &content(body))?.id;
            for m in 0..(n % 4) {
                let mut part = json!({
                    "organisation_id": organisations[(n * 3 + m * 5) % 24],
                    "role": roles[(n + m) % 3],
                });
                if m > 0 {
                    part["order"] = json!(m % 2);
                    part["ec_contribution"] = json!({"amount": pick(&[10.5, 21.0, 31.5], m), "currency": "EUR"});
                    part["ended"] = json!(m == 1);
                }
                participation::create(tx, project, &content(part))?;
            }
        }
        Ok(())
    })
    .expect("a registry");
}

fn every_sort_walks_whole<T: Listed + serde::Serialize>(db: &Db) {
    let whole: HashSet<Uuid> = walk::<T>(db, Vec::new(), 1000).iter().map(T::id).collect();
    assert!(whole.len() > 2);
    let single = T::Filter::SORTS.iter().map(|name| vec![*name]);
    let pairs = T::Filter::SORTS.windows(2).map(|pair| vec![pair[1], pair[0]]);
    for names in single.chain(pairs) {
        for descending in [[false, false], [true, false], [true, true]] {
            let sort: Vec<SortKey> = names
                .iter()
                .zip(descending)
                .map(|(name, descending)| SortKey { name, descending })
                .collect();
            let at_once: Vec<Uuid> = walk::<T>(db, sort.clone(), 1000).iter().map(T::id).collect();
            for limit in [1, 3, 50] {
                let paged: Vec<Uuid> =
                    walk::<T>(db, sort.clone(), limit).iter().map(T::id).collect();
                assert_eq!(paged, at_once, "{sort:?} by {limit}");
            }
            assert_eq!(at_once.len(), whole.len(), "{sort:?}");
            assert_eq!(at_once.into_iter().collect::<HashSet<_>>(), whole, "{sort:?}");
        }
    }
}

#[test]
fn every_sort_pages_without_loss_or_repetition() {
    on_both(|db| {
        fill(db);
        every_sort_walks_whole::<Organisation>(db);
        every_sort_walks_whole::<Programme>(db);
        every_sort_walks_whole::<Call>(db);
        every_sort_walks_whole::<Project>(db);
        every_sort_walks_whole::<Participation>(db);
    });
}

#[test]
fn the_unknown_comes_last_in_both_directions() {
    on_both(|db| {
        fill(db);
        for sort in ["start_date", "-start_date"] {
            let page = ask::<Project>(db, &format!("sort={sort}&limit=1000"));
            let known: Vec<_> =
                page.data.iter().map(|p| p.content.period.earliest_start()).collect();
            let first_unknown = known.iter().position(Option::is_none).expect("some unknown");
            assert!(known[first_unknown..].iter().all(Option::is_none), "{known:?}");
            let days: Vec<_> = known.into_iter().flatten().collect();
            let ordered = if sort == "start_date" {
                days.windows(2).all(|pair| pair[0] <= pair[1])
            } else {
                days.windows(2).all(|pair| pair[0] >= pair[1])
            };
            assert!(ordered, "{days:?}");
        }
        // Letters with accents stand where their plain forms would.
        let page = ask::<Organisation>(db, "sort=label&limit=1000");
        assert_eq!(page.data.first().map(|o| o.label.as_str()), Some("Università Alfa"));
        assert_eq!(page.data.last().map(|o| o.label.as_str()), Some("Università beta"));
    });
}

/// Conditions of every filter that takes several values.
const PROJECT_CONDITIONS: [&str; 17] = [
    "acronym=été",
    "status=ongoing",
    "status=terminated,planned",
    "programme=H2020",
    "programme=excellent",
    "call=call-1",
    "type_of_action=RIA",
    "funding_kind=grant",
    "funder=pic:968823876",
    "country=IT",
    "country=IT,FR",
    "role=coordinator",
    "keyword=MIGRATION",
    "theme=/29/97",
    "theme=law",
    "external_id=cordis:101004635",
    "organisation=pic:968823876",
];
const ORGANISATION_CONDITIONS: [&str; 11] = [
    "country=IT",
    "country_group=eu",
    "type=research",
    "kind=ngo",
    "sector=public",
    "status=active",
    "city=forli",
    "nuts=ITH",
    "programme=H2020",
    "role=coordinator",
    "external_id=pic:968823876",
];
const CALL_CONDITIONS: [&str; 4] =
    ["identifier=call-3", "programme=H2020", "type_of_action=CSA", "external_id=local:x"];
const PROGRAMME_CONDITIONS: [&str; 5] =
    ["code=h-2020", "level=programme", "parent=H2020", "within=H2020", "external_id=local:x"];
const PARTICIPATION_CONDITIONS: [&str; 3] = ["role=participant", "country=DE", "country_group=eu"];

/// A condition and its negation share out all records, with and without the unknown.
fn conditions_add_up<T: Listed>(db: &Db, conditions: &[&str]) {
    let ids = |query: &str| -> HashSet<Uuid> {
        let page = ask::<T>(db, &format!("{query}&limit=1000"));
        assert_eq!(page.total, page.data.len() as u64);
        // The total is counted when there is more than one page.
        let short = ask::<T>(db, &format!("{query}&limit=1"));
        assert_eq!(short.total, page.total, "{query}");
        page.data.iter().map(T::id).collect()
    };
    let all = ids("");
    for condition in conditions {
        let (name, values) = condition.split_once('=').expect("a condition");
        let plain = ids(condition);
        let negated = ids(&format!("{name}=!{values}"));
        let unknown = ids(&format!("{name}=unknown"));
        let known = ids(&format!("{name}=!unknown"));
        let either = ids(&format!("{name}={values},unknown"));
        let neither = ids(&format!("{name}=!{values},unknown"));
        assert!(plain.is_disjoint(&negated), "{condition}");
        assert_eq!(plain.len() + negated.len(), all.len(), "{condition}");
        assert!(plain.is_disjoint(&unknown), "{condition}");
        assert_eq!(unknown.len() + known.len(), all.len(), "{condition}");
        assert_eq!(either, &plain | &unknown, "{condition}");
        assert_eq!(either.len() + neither.len(), all.len(), "{condition}");
        assert!(ids(&format!("{condition}&{name}=!{values}")).is_empty(), "{condition}");
    }
}

#[test]
fn conditions_and_negations_add_up() {
    on_both(|db| {
        fill(db);
        conditions_add_up::<Project>(db, &PROJECT_CONDITIONS);
        conditions_add_up::<Organisation>(db, &ORGANISATION_CONDITIONS);
        conditions_add_up::<Call>(db, &CALL_CONDITIONS);
        conditions_add_up::<Programme>(db, &PROGRAMME_CONDITIONS);
        conditions_add_up::<Participation>(db, &PARTICIPATION_CONDITIONS);
    });
}

#[test]
fn filters_find_what_they_say() {
    on_both(|db| {
        fill(db);
        let total = |query: &str| ask::<Project>(db, query).total;
        // Every third project says H2020 itself, every third a strand of it; every fourth
        // has no funding.
        assert_eq!(total("programme=H2020"), 20);
        assert_eq!(total("programme=h2020-eu.1"), 10);
        assert_eq!(total("type_of_action=csa"), 20);
        assert_eq!(total("keyword=migration"), 20);
        assert_eq!(total("theme=/29"), 14);
        assert_eq!(total("theme=/2"), 0);
        assert_eq!(total("theme=social sciences"), 14);
        assert_eq!(total("acronym=ete"), 13);
        assert_eq!(total("status=terminated"), 6);
        assert_eq!(total("status=planned"), 7);
        assert_eq!(total("total_cost_from=150&total_cost_to=200"), 7);
        // 2019–2021 certainly; 2020–.. only after 2020; unknown ends never.
        assert_eq!(total("active_on=2020-06-30"), 8);
        assert_eq!(total("active_on=2021-06-30"), 16);
        assert_eq!(total("possibly_active_on=2020-06-30"), 16);
        assert_eq!(total("start_date_from=2020-06-01&start_date_to=2020-07"), 8);
        assert_eq!(total("end_date_to=2018-05"), 0);
        assert_eq!(total("end_date_to=2018-06-15"), 8);
        let organisations = |query: &str| ask::<Organisation>(db, query).total;
        assert_eq!(organisations("city=FORLI"), 5);
        assert_eq!(organisations("nuts=IT"), 5);
        assert_eq!(organisations("sme=true"), 8);
        assert_eq!(organisations("country=IT&type=research"), 6);
        assert_eq!(organisations("country=unknown"), 6);
        let calls = |query: &str| ask::<Call>(db, query).total;
        assert_eq!(calls("deadline_from=2021-09-15&deadline_to=2021-10"), 4);
        assert_eq!(calls("deadline_from=2022"), 0);
        assert_eq!(calls("year_from=2021"), 2);
        assert_eq!(calls("opening_date_from=2019-05-31&opening_date_to=2019-06"), 3);
        let programmes = |query: &str| ask::<Programme>(db, query).total;
        assert_eq!(programmes("code=Excellent"), 1);
        assert_eq!(programmes("within=H2020"), 2);
        assert_eq!(programmes("parent=H2020"), 1);
    });
}

#[test]
fn both_engines_answer_alike() {
    // The ids differ, so what is compared are labels in an order that ids do not decide.
    let dbs = [TestDb::sqlite(), TestDb::postgres()];
    for fresh in &dbs {
        fill(&fresh.db);
    }
    for condition in PROJECT_CONDITIONS {
        for query in [condition.to_owned(), condition.replace('=', "=!")] {
            let found = |fresh: &TestDb| {
                let page = ask::<Project>(&fresh.db, &format!("{query}&sort=label,created_at"));
                let labels: Vec<String> = page.data.into_iter().map(|p| p.label).collect();
                (page.total, labels)
            };
            assert_eq!(found(&dbs[0]), found(&dbs[1]), "{query}");
        }
    }
}

#[test]
fn walking_while_others_write_meets_each_record_once() {
    on_both(|db| {
        fill(db);
        let before: HashSet<Uuid> =
            walk::<Project>(db, Vec::new(), 1000).iter().map(Project::id).collect();
        let mut request = ListRequest::<ProjectFilter> { limit: 4, ..ListRequest::default() };
        let mut met: Vec<Uuid> = Vec::new();
        loop {
            let page = db.read_blocking(|c| project::list(c, &request)).expect("a page");
            met.extend(page.data.iter().map(Project::id));
            write(db, |tx| project::create(tx, &content(json!({"acronym": "New"})))).expect("one");
            let changed = page.data[0].clone();
            write(db, move |tx| {
                let mut new = changed.content;
                new.acronym = Some("Changed".parse().expect("a line"));
                project::update(tx, changed.id, None, &new)
            })
            .expect("a change");
            match page.next {
                Some(cursor) if met.len() < 200 => request.cursor = Some(cursor),
                _ => break,
            }
        }
        let distinct: HashSet<Uuid> = met.iter().copied().collect();
        assert_eq!(distinct.len(), met.len());
        assert!(before.is_subset(&distinct));
    });
}
