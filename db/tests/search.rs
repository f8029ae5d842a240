//! Searching: the same hits in the same order on both engines.

use crate::common::{TestDb, content, on_both, write};
use consortia_db::{Db, call, organisation, participation, programme, project};
use consortia_domain::filter::{Conditions, Filter};
use consortia_domain::id::{OrganisationId, ProjectId};
use consortia_domain::organisation::{Organisation, OrganisationContent, OrganisationFilter};
use consortia_domain::page::{ListRequest, Page, SortKey};
use consortia_domain::participation::ParticipationContent;
use serde_json::{Value, json};

fn add_organisation(db: &Db, body: Value) -> OrganisationId {
    let content: OrganisationContent = content(body);
    write(db, move |tx| organisation::create(tx, &content)).expect("an organisation").id
}

fn named(db: &Db, name: &str) -> OrganisationId {
    add_organisation(db, json!({"names": [{"value": name, "kind": "legal"}]}))
}

fn add_project(db: &Db, body: Value) -> ProjectId {
    let content = content(body);
    write(db, move |tx| project::create(tx, &content)).expect("a project").id
}

fn take_part(db: &Db, project: ProjectId, organisation: OrganisationId) {
    let content = ParticipationContent::of(organisation);
    write(db, move |tx| participation::create(tx, project, &content)).expect("a participation");
}

fn asked<F: Filter>(query: &str) -> ListRequest<F> {
    let search = Some(query.parse().expect("a query"));
    ListRequest { search, ..ListRequest::default() }
}

fn request(query: &str) -> ListRequest<OrganisationFilter> {
    asked(query)
}

fn list(db: &Db, request: &ListRequest<OrganisationFilter>) -> Page<Organisation> {
    db.read_blocking(|c| organisation::list(c, request)).expect("a list")
}

fn labels(page: &Page<Organisation>) -> Vec<&str> {
    page.data.iter().map(|record| record.label.as_str()).collect()
}

/// The labels found, and what was mended as "typed > searched".
fn found(db: &Db, query: &str) -> (Vec<String>, Vec<String>) {
    let page = list(db, &request(query));
    assert_eq!(page.total, page.data.len() as u64, "{query}");
    let mended = page.corrections.iter();
    let mended = mended.map(|c| format!("{} > {}", c.typed, c.searched.join(" "))).collect();
    (labels(&page).into_iter().map(str::to_owned).collect(), mended)
}

const ISMU: &str = "Fondazione Iniziative e Studio sulla Multietnicità";
const BOLOGNA: &str = "Alma Mater Studiorum - Università di Bologna";

fn fill(db: &Db) {
    add_organisation(
        db,
        json!({
            "names": [
                {"value": ISMU, "kind": "legal"},
                {"value": "ISMU", "kind": "short"}
            ],
            "country": "IT",
            "place": {"city": "Milano"},
            "external_ids": [{"scheme": "pic", "value": "968823876"}]
        }),
    );
    named(db, "ISMUC Consulting");
    named(db, "Consorzio Universitario di Bologna");
    let bologna = add_organisation(
        db,
        json!({
            "names": [
                {"value": BOLOGNA, "kind": "legal"},
                {"value": "UNIBO", "kind": "short"}
            ],
            "country": "IT"
        }),
    );
    named(db, "Università degli Studi di Milano");
    add_organisation(
        db,
        json!({
            "names": [{"value": "Teatro", "kind": "legal"}],
            "place": {"city": "Bologna"},
            "country": "IT"
        }),
    );
    for n in 0..3 {
        let project = add_project(db, json!({"acronym": format!("P{n}")}));
        take_part(db, project, bologna);
        take_part(db, project, bologna);
    }
}

#[test]
fn names_are_found_and_ranked() {
    on_both(|db| {
        fill(db);
        let milan = "Università degli Studi di Milano";
        let consortium = "Consorzio Universitario di Bologna";
        for (query, expected) in [
            ("ismu", vec![ISMU, "ISMUC Consulting"]),
            ("ISMÚ", vec![ISMU, "ISMUC Consulting"]),
            ("multiet fond", vec![ISMU]),
            ("968823876", vec![ISMU]),
            // Whole words before beginnings of words.
            ("universita bologna", vec![BOLOGNA, consortium]),
            ("universita", vec![milan, BOLOGNA, consortium]),
            ("univ bologna", vec![BOLOGNA, consortium]),
            // The city is not a name, so it comes last.
            ("bologna", vec![BOLOGNA, consortium, "Teatro"]),
            ("di bologna, alma-mater", vec![BOLOGNA]),
        ] {
            assert_eq!(found(db, query).0, expected, "{query}");
            assert!(found(db, query).1.is_empty(), "{query}");
        }
    });
}

#[test]
fn typing_errors_are_mended_and_told() {
    on_both(|db| {
        fill(db);
        for (query, expected, mended) in [
            ("inizative multietnicita", vec![ISMU], vec!["inizative > iniziative"]),
            ("imsu", vec![ISMU, "ISMUC Consulting"], vec!["imsu > ismu"]),
            ("ismuu", vec!["ISMUC Consulting", ISMU], vec!["ismuu > ismu ismuc"]),
            (
                "univresita bolonga",
                vec![BOLOGNA, "Consorzio Universitario di Bologna"],
                vec!["univresita > universita", "bolonga > bologna"],
            ),
            ("zzzz", vec![], vec![]),
            ("bologna zzzz", vec![], vec![]),
            // Too short, or not a word.
            ("imu", vec![], vec![]),
            ("968823877", vec![], vec![]),
            // Nothing of either engine's query language has a meaning.
            ("ismuc NOT consulting", vec![], vec![]),
            ("\"ismuc\" OR 'x':* & names:*", vec![], vec![]),
            ("%_* ismuc;--", vec!["ISMUC Consulting"], vec![]),
        ] {
            let (labels, corrections) = found(db, query);
            assert_eq!(labels, expected, "{query}");
            assert_eq!(corrections, mended, "{query}");
        }
    });
}

#[test]
fn a_search_goes_with_filters_and_other_orders() {
    on_both(|db| {
        fill(db);
        let mut italian = request("bologna");
        italian.filter.country = Conditions::is("IT".parse().expect("a country"));
        assert_eq!(labels(&list(db, &italian)), [BOLOGNA, "Teatro"]);
        italian.filter.country.0[0].negated = true;
        assert_eq!(labels(&list(db, &italian)), ["Consorzio Universitario di Bologna"]);
        let mut sorted = request("bolonga");
        sorted.sort = vec![SortKey { name: "label", descending: true }];
        let page = list(db, &sorted);
        assert_eq!(labels(&page), ["Teatro", "Consorzio Universitario di Bologna", BOLOGNA]);
        assert_eq!(page.corrections.len(), 1);
    });
}

#[test]
fn the_index_follows_every_change() {
    on_both(|db| {
        let id = named(db, "Istituto Vecchio");
        assert_eq!(found(db, "vecchio").0.len(), 1);
        let renamed = content(json!({"names": [{"value": "Istituto Nuovo", "kind": "legal"}]}));
        write(db, move |tx| organisation::update(tx, id, None, &renamed)).expect("an update");
        assert_eq!(found(db, "vecchio").0.len(), 0);
        assert_eq!(found(db, "nuovo").0, ["Istituto Nuovo"]);
        // A word nobody bears any more is no longer offered.
        assert_eq!(found(db, "vecchoi"), (vec![], vec![]));
        write(db, move |tx| organisation::delete(tx, id, None)).expect("a deletion");
        assert_eq!(found(db, "istituto").0.len(), 0);
        let failed = write(db, |tx| -> consortia_db::Result<()> {
            let content = content(json!({"names": [{"value": "Mai", "kind": "legal"}]}));
            organisation::create(tx, &content)?;
            Err(consortia_db::Error::ReadOnly)
        });
        assert!(failed.is_err());
        assert_eq!(found(db, "mai").0.len(), 0);
    });
}

#[test]
fn the_best_connected_come_first() {
    on_both(|db| {
        let ids: Vec<_> = ["A", "BB", "CCC"].map(|n| named(db, &format!("Uni {n}"))).into();
        let first = add_project(db, json!({"acronym": "SPRING"}));
        let second = add_project(db, json!({"acronym": "Spring"}));
        assert_eq!(found(db, "uni").0, ["Uni A", "Uni BB", "Uni CCC"]);
        take_part(db, first, ids[1]);
        take_part(db, second, ids[2]);
        take_part(db, second, ids[2]);
        take_part(db, first, ids[2]);
        assert_eq!(found(db, "uni").0, ["Uni CCC", "Uni BB", "Uni A"]);
        let projects = ListRequest {
            search: Some("spring".parse().expect("a query")),
            ..ListRequest::default()
        };
        let page = db.read_blocking(|c| project::list(c, &projects)).expect("a list");
        assert_eq!(page.data[0].id, first, "two organisations before one");
        write(db, move |tx| project::delete(tx, second, None)).expect("a deletion");
        assert_eq!(found(db, "uni").0, ["Uni BB", "Uni CCC", "Uni A"]);
    });
}

#[test]
fn kinds_of_records_do_not_mix() {
    on_both(|db| {
        named(db, "Migration Office");
        add_project(
            db,
            json!({"titles": {"en": "On migration"}, "abstract": {"en": "Habitat loss"}}),
        );
        let of_programme = content(json!({"code": "KA2", "aliases": ["Key action 2"]}));
        write(db, move |tx| programme::create(tx, &of_programme)).expect("a programme");
        let of_call = content(json!({"identifier": "H2020-SC6-MIGRATION-2020"}));
        write(db, move |tx| call::create(tx, &of_call)).expect("a call");
        assert_eq!(found(db, "migration").0, ["Migration Office"]);
        let projects = |query| db.read_blocking(|c| project::list(c, &asked(query)));
        assert_eq!(projects("migration").expect("a list").total, 1);
        assert_eq!(projects("habitat").expect("a list").total, 1);
        let mended = projects("migartion").expect("a list");
        assert_eq!((mended.total, mended.corrections.len()), (1, 1));
        let programmes = db.read_blocking(|c| programme::list(c, &asked("key act")));
        assert_eq!(programmes.expect("a list").total, 1);
        let calls = db.read_blocking(|c| call::list(c, &asked("sc6 migr")));
        assert_eq!(calls.expect("a list").total, 1);
    });
}

/// A made-up but repeatable number.
fn scattered(n: u64, below: u64) -> u64 {
    n.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) % below
}

/// Every hit of `query` with pages of `limit`.
fn walk(db: &Db, query: &str, limit: u32, only_italy: bool) -> Vec<String> {
    let mut request = request(query);
    request.limit = limit;
    if only_italy {
        request.filter.country = Conditions::is("IT".parse().expect("a country"));
    }
    let mut all = Vec::new();
    loop {
        let page = list(db, &request);
        all.extend(page.data.iter().map(|record| record.label.clone()));
        if page.next.is_none() {
            assert_eq!(page.total, all.len() as u64);
            return all;
        }
        assert_eq!(page.data.len(), limit as usize);
        request.cursor = page.next;
    }
}

#[test]
fn pages_lose_and_repeat_nothing_and_engines_agree() {
    let mut answers: Vec<Vec<Vec<String>>> = Vec::new();
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let db = &fresh.db;
        let words = ["University", "Universal", "Institute", "Zürich", "Łódź", "institute"];
        let organisations: Vec<_> = (0..120)
            .map(|n| {
                let word = |k: u64| words[usize::try_from(scattered(n * 7 + k, 6)).expect("small")];
                let name = format!("{} {} {}", word(1), word(2), n % 40);
                let country = if n % 3 == 0 { "IT" } else { "PL" };
                let body = json!({"names": [{"value": name, "kind": "legal"}], "country": country});
                add_organisation(db, body)
            })
            .collect();
        for n in 0..6_u64 {
            let project = add_project(db, json!({}));
            for (place, organisation) in (0..).zip(&organisations) {
                if scattered(place * 31 + n, 3) == 0 {
                    take_part(db, project, *organisation);
                }
            }
        }
        let mut answer = Vec::new();
        for query in ["univ", "university inst", "institute", "zurich", "lodz un", "univresity"] {
            for only_italy in [false, true] {
                let whole = walk(db, query, 1000, only_italy);
                assert!(!whole.is_empty(), "{query}");
                for limit in [1, 7, 50] {
                    assert_eq!(walk(db, query, limit, only_italy), whole, "{query} by {limit}");
                }
                answer.push(whole);
            }
        }
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
}
