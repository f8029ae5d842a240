//! The untidy values of real projects on both engines: kept whole, found by their facets, gone
//! with the record, and unknown to the version before.

use crate::common::{TestDb, content, on_both, past_the_store, write};
use consortia_db::{Db, call, organisation, participation, project, relation};
use consortia_domain::filter::{Filter, QueryReader};
use consortia_domain::id::{CallId, OrganisationId, ProjectId, RecordRef};
use consortia_domain::page::{ListRequest, SearchQuery};
use consortia_domain::project::{Project, ProjectContent, ProjectFilter};
use diesel::RunQueryDsl;
use serde_json::{Value, json};

fn mapid() -> Value {
    json!({
        "acronym": "MAPID",
        "aliases": ["Mapid", "MAP.ID"],
        "titles": {"en": "Migrants' associations and Philippine institutions"},
        "period": "2008/2010",
        "target_groups": ["Filipino associations"],
        "territories": [
            {"relation": "action", "country": "IT", "nuts": "ITC4", "place": "Milano"},
            {"relation": "action", "nuts": "ES51"},
            {"relation": "target", "country": "PH", "place": "Manila"}
        ],
        "groups": [
            {"part": "partner", "of": "organisations", "count": ">=2", "countries": ["ES", "PH"]},
            {"part": "beneficiary", "of": "people", "description": "Filipino migrants"}
        ],
        "activities": [
            {"kind": "activity", "titles": {"en": "Design workshops"}},
            {"kind": "output", "unit": "guides", "description": "For consulates."}
        ],
        "fundings": [
            {"kind": "private", "year": 2008, "share": 33.33, "title": "First round"},
            {"kind": "private", "year": 2009}
        ]
    })
}

fn create(db: &Db, body: Value) -> Project {
    let content: ProjectContent = content(body);
    write(db, move |tx| project::create(tx, &content)).expect("a project")
}

/// How many projects the parameters find.
fn found(db: &Db, name: &str, value: &str) -> u64 {
    let pairs = [(name.to_owned(), value.to_owned())];
    let mut query = QueryReader::new(&pairs);
    let filter = ProjectFilter::read(&mut query);
    query.finish().unwrap_or_else(|faults| panic!("{name}={value}: {faults}"));
    let request = ListRequest { filter, ..ListRequest::default() };
    db.read_blocking(|c| project::list(c, &request)).expect("a list").total
}

#[test]
fn details_are_kept_whole_and_found_by_their_facets() {
    on_both(|db| {
        let made = create(db, mapid());
        assert_eq!(made.content, content(mapid()));
        let id = made.id;
        let read = || db.read_blocking(|c| project::get(c, &RecordRef::from(id))).expect("found");
        assert_eq!(read(), made);
        create(db, json!({"acronym": "OTHER", "period": "2008/2010"}));
        for (name, value) in [
            ("acronym", "mapid"),
            ("acronym", "map id"),
            ("target_group", "FILIPINO associations"),
            ("action_country", "IT"),
            ("action_country", "ES"),
            ("target_country", "PH"),
            ("action_nuts", "ITC"),
            ("action_nuts", "ITC4"),
            ("place", "milano"),
            ("place", "Manila"),
            ("group", "partner"),
            ("group", "beneficiary"),
            ("funding_year", "2009"),
        ] {
            assert_eq!(found(db, name, value), 1, "{name}={value}");
            assert_eq!(found(db, name, &format!("!{value}")), 1, "{name}=!{value}");
        }
        for (name, value) in [
            ("action_country", "PH"),
            ("target_country", "IT"),
            ("action_nuts", "ITC4C"),
            ("action_nuts", "PH"),
            ("group", "member"),
            ("funding_year", "2010"),
        ] {
            assert_eq!(found(db, name, value), 0, "{name}={value}");
        }

        // Another country, and no groups any more.
        let mut changed = mapid();
        changed["territories"] = json!([{"relation": "action", "country": "PT"}]);
        changed["groups"] = json!([]);
        let changed: ProjectContent = content(changed);
        let same = changed.clone();
        let updated = write(db, move |tx| project::update(tx, id, Some(1), &changed));
        assert_eq!(updated.expect("a change").stamp.version, 2);
        let again = write(db, move |tx| project::update(tx, id, Some(2), &same));
        assert_eq!(again.expect("no change").stamp.version, 2);
        assert_eq!((found(db, "action_country", "IT"), found(db, "action_country", "PT")), (0, 1));
        assert_eq!((found(db, "group", "unknown"), found(db, "target_country", "unknown")), (2, 2));
        assert_eq!(found(db, "acronym", "MAP.ID"), 1);

        write(db, move |tx| project::delete(tx, id, Some(2))).expect("a deletion");
        assert_eq!((found(db, "action_country", "PT"), found(db, "acronym", "MAP.ID")), (0, 0));
    });
}

#[test]
fn an_alias_is_a_name_and_the_rest_is_text() {
    on_both(|db| {
        create(db, mapid());
        let named = json!({"aliases": ["POP2"], "external_ids": ["local:2"]});
        assert_eq!(create(db, named).label, "POP2");
        let search = |words: &str| {
            let search = Some(words.parse::<SearchQuery>().expect("words"));
            let request = ListRequest::<ProjectFilter> { search, ..ListRequest::default() };
            db.read_blocking(|c| project::list(c, &request)).expect("a list").total
        };
        for words in [
            "pop2",
            "map id",
            "associations filipino",
            "migrants",
            "manila",
            "workshops",
            "guides",
            "consulates",
        ] {
            assert_eq!(search(words), 1, "{words}");
        }
        assert_eq!(search("nothing"), 0);
        // An alias is enough to be known by.
        assert_eq!((found(db, "acronym", "unknown"), found(db, "acronym", "!unknown")), (0, 2));
        assert_eq!(found(db, "acronym", "pop2,mapid"), 2);
        assert_eq!(found(db, "acronym", "!pop2,unknown"), 1);
    });
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

#[test]
fn records_without_details_have_no_document() {
    let fresh = TestDb::sqlite();
    create(&fresh.db, json!({"acronym": "PLAIN", "keywords": ["integration"]}));
    create(&fresh.db, mapid());
    let network = content(json!({
        "groups": [{"part": "member", "of": "organisations", "count": 43, "country_count": 37}]
    }));
    let made = write(&fresh.db, move |tx| organisation::create(tx, &network)).expect("made");
    assert_eq!(made.content.groups[0].organisations_and_countries(), Some((43, 37)));
    let plain = content(json!({"country": "IT"}));
    write(&fresh.db, move |tx| organisation::create(tx, &plain)).expect("made");
    let mut conn = past_the_store(&fresh.url);
    let mut count = |sql: &str| {
        let row: Count = diesel::sql_query(sql).get_result(&mut conn).expect("a count");
        row.count
    };
    for table in ["projects", "organisations"] {
        let sql = format!("SELECT count(*) AS count FROM {table} WHERE details IS NULL");
        assert_eq!(count(&sql), 1, "{table}");
    }
    let others = "SELECT count(DISTINCT project_id) AS count FROM project_facets";
    assert_eq!(count(others), 1);
}

#[test]
fn a_day_between_two_dates_is_kept_wherever_dates_are() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let db = &fresh.db;
        let body = json!({"acronym": "AREAS", "period": "[2014-01..2014-04]/.."});
        let made = create(db, body).id;
        let other = create(db, json!({"acronym": "DECADE", "period": "199X/2010"})).id;
        let founded = content(json!({"founded": "199X"}));
        let ismu = write(db, move |tx| organisation::create(tx, &founded)).expect("made").id;
        let dates = content(json!({
            "opening_date": "[2020-01..2020-03]", "deadlines": ["2020-04", "[2020-05..2020-07]"]
        }));
        let call = write(db, move |tx| call::create(tx, &dates)).expect("made").id;
        let seat = content(json!({"organisation_id": ismu, "period": "[2014-01..2014-04]/2015"}));
        write(db, move |tx| participation::create(tx, made, &seat)).expect("made");
        let later = content(json!({
            "kind": "continues", "between": "projects", "from_id": made, "to_id": other,
            "period": "/[2014-01..2014-04]"
        }));
        write(db, move |tx| relation::create(tx, &later)).expect("made");

        let dates = |db: &Db| stated(db, made, other, ismu, call);
        assert_eq!(
            dates(db),
            [
                "[2014-01..2014-04]/..",
                "[1990..1999]/2010",
                "[1990..1999]",
                "[2020-01..2020-03]",
                "2020-04",
                "[2020-05..2020-07]"
            ]
        );
        // The first day it may have started on, the last, and none in between for certain.
        for (name, value, count) in [
            ("start_date_to", "2014-01-01", 2),
            ("start_date_to", "2013-12-31", 1),
            ("start_date_from", "2014-04-30", 1),
            ("start_date_from", "2014-05-01", 0),
            ("active_on", "2014-04-29", 0),
            ("active_on", "2014-04-30", 1),
            ("possibly_active_on", "2014-02-01", 1),
            ("possibly_active_on", "1990-01-01", 1),
        ] {
            assert_eq!(found(db, name, value), count, "{name}={value}");
        }

        // The version before knows no such dates.
        while db.revert().expect("down").as_deref() != Some("0003_untidy_values") {}
        db.migrate().expect("up again");
        assert_eq!(dates(db), ["/..", "/2010", "", "", "2020-04"]);
        assert_eq!(found(db, "start_date_to", "2030"), 0);
    }
}

/// The dates of two projects, an organisation and a call, as they are written.
fn stated(
    db: &Db,
    one: ProjectId,
    other: ProjectId,
    organisation: OrganisationId,
    call: CallId,
) -> Vec<String> {
    db.read_blocking(|c| {
        let period = |id: ProjectId, c: &mut _| {
            project::get(c, &RecordRef::from(id)).map(|of| of.content.period.to_string())
        };
        let mut all = vec![period(one, c)?, period(other, c)?];
        let founded = organisation::get(c, &RecordRef::from(organisation))?.content.founded;
        let call = call::get(c, &RecordRef::from(call))?.content;
        let shown = |date: Option<_>| date.map_or_else(String::new, |date| format!("{date}"));
        all.extend([founded, call.opening_date].map(|date: Option<_>| shown(date)));
        all.extend(call.deadlines.into_iter().map(|date| date.to_string()));
        Ok(all)
    })
    .expect("all there")
}

#[test]
fn a_registry_with_details_goes_down_and_up() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let db = &fresh.db;
        let id = create(db, mapid()).id;
        while db.revert().expect("down").as_deref() != Some("0003_untidy_values") {}
        db.migrate().expect("up again");
        let read = db.read_blocking(|c| project::get(c, &RecordRef::from(id))).expect("there");
        let mut without = mapid();
        for gone in ["aliases", "target_groups", "territories", "groups", "activities"] {
            without[gone] = json!([]);
        }
        without["fundings"] = json!([{"kind": "private"}, {"kind": "private"}]);
        assert_eq!(read.content, content(without));
        assert_eq!(found(db, "group", "partner"), 0);
    }
}
