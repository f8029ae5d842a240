//! Examples for the document, from the registry's own data: ISMU (a foundation in Milan) and
//! its two Horizon 2020 projects, `ReSOMA` and SPRING.

mod account;
mod agreement;
mod claim;
mod contact;
mod draft;
mod funding;
mod membership;
mod network;
mod profile;
mod quality;
mod relation;
mod source;
mod theme;

pub(crate) use account::*;
pub(crate) use agreement::*;
pub(crate) use claim::*;
pub(crate) use contact::*;
pub(crate) use draft::*;
pub(crate) use funding::funding_chain;
pub(crate) use membership::*;
pub(crate) use network::*;
pub(crate) use profile::profile;
pub(crate) use quality::*;
pub(crate) use relation::*;
use serde_json::{Value, json};
pub(crate) use source::*;
pub(crate) use theme::*;

const ISMU: &str = "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c01";
const SPRING: &str = "019a8c3e-91b2-7a04-8c6f-52d3f1a7be02";
const RESOMA: &str = "019a8c3e-91b2-7a04-8c6f-52d3f1a7be03";
const HORIZON: &str = "019a8c3e-6d55-70f1-b0aa-0d4c93e2a904";
const CALL: &str = "019a8c3e-6e01-7b3c-a1f2-7c80d5512b05";
const PART: &str = "019a8c3e-a3c4-7d20-93b7-3e9f04c1d806";

/// `content` as a record: with id, label and stamp.
fn record(id: &str, label: &str, content: Value) -> Value {
    let mut record = json!({"id": id, "label": label});
    merge(&mut record, content);
    merge(&mut record, stamp());
    record
}

fn stamp() -> Value {
    json!({
        "version": 1,
        "created_at": "2026-01-31T12:00:00.000000Z",
        "updated_at": "2026-01-31T12:00:00.000000Z"
    })
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// A list that holds `record` only.
fn list(record: &Value, total: u32) -> Value {
    json!({
        "data": [record],
        "page": {"next": "eyJmIjo4MTIzLCJ2IjpbXX0", "limit": 1, "total": total},
        "meta": meta()
    })
}

/// A list that holds `record` only, which is not for everybody.
fn private_list(record: &Value, total: u32) -> Value {
    let mut told = list(record, total);
    merge(&mut told["meta"], json!({"licence": null, "attribution": null}));
    told
}

/// Where the data comes from.
fn meta() -> Value {
    json!({
        "as_of": "2026-01-31T12:00:00.000000Z",
        "licence": "CC-BY-4.0",
        "attribution": "CORDIS, European Commission / Publications Office of the European Union"
    })
}

pub(crate) fn organisation_content() -> Value {
    json!({
        "names": [
            {"value": "Fondazione ISMU ETS", "kind": "legal", "language": "it"},
            {"value": "ISMU", "kind": "short"}
        ],
        "country": "IT",
        "place": {"city": "Milano", "nuts": "ITC4C"},
        "type": "research",
        "kind": "foundation",
        "sector": "third_sector",
        "homepage": "https://www.ismu.org",
        "founded": "1991",
        "external_ids": [{"scheme": "pic", "value": "968823876"}],
        "status": "active"
    })
}

pub(crate) fn organisation() -> Value {
    record(ISMU, "Fondazione ISMU ETS", organisation_content())
}

pub(crate) fn organisation_list() -> Value {
    list(&organisation(), 35_871)
}

pub(crate) fn organisation_patch() -> Value {
    json!({"homepage": "https://www.ismu.org/en/", "sme": false})
}

pub(crate) fn programme_content() -> Value {
    json!({
        "level": "framework",
        "code": "H2020",
        "titles": {"en": "Horizon 2020"},
        "aliases": ["Horizon2020", "H2020-EU"],
        "period": {"start": "2014-01-01", "end": "2020-12-31"}
    })
}

pub(crate) fn programme() -> Value {
    record(HORIZON, "Horizon 2020", programme_content())
}

pub(crate) fn programme_list() -> Value {
    list(&programme(), 120)
}

pub(crate) fn programme_patch() -> Value {
    json!({"budget": {"amount": 74_828_300_000_i64, "currency": "EUR"}})
}

pub(crate) fn programme_tree() -> Value {
    json!({"data": [{
        "id": HORIZON, "label": "Horizon 2020", "code": "H2020", "level": "framework",
        "projects": 31_451, "children": []
    }], "meta": meta()})
}

pub(crate) fn call_content() -> Value {
    json!({
        "programme_id": HORIZON,
        "identifier": "H2020-SC6-MIGRATION-2020",
        "titles": {"en": "Migration"},
        "year": 2020,
        "deadlines": ["2020-03-12"],
        "type_of_action": "CSA"
    })
}

pub(crate) fn call() -> Value {
    let mut call = record(CALL, "H2020-SC6-MIGRATION-2020", call_content());
    merge(
        &mut call,
        json!({"programme": {
            "id": HORIZON, "label": "Horizon 2020", "code": "H2020", "level": "framework"
        }}),
    );
    call
}

pub(crate) fn call_list() -> Value {
    list(&call(), 310)
}

pub(crate) fn call_patch() -> Value {
    json!({"opening_date": "2019-11-05"})
}

pub(crate) fn project_content() -> Value {
    json!({
        "acronym": "SPRING",
        "titles": {"en": "Sustainable PRactices of INteGration"},
        "period": {"start": "2021-03-01", "end": "2023-02-28"},
        "fundings": [{
            "programme_id": HORIZON, "call_id": CALL, "type_of_action": "CSA", "kind": "grant",
            "amount": {"amount": 1_999_536.25, "currency": "EUR"}
        }],
        "keywords": ["integration"],
        "target_groups": ["recent migrants"],
        "territories": [{"relation": "action", "country": "IT", "nuts": null, "place": null}],
        "external_ids": [{"scheme": "cordis", "value": "101004635"}]
    })
}

pub(crate) fn project() -> Value {
    let mut project = record(SPRING, "SPRING", project_content());
    merge(&mut project, json!({"status": "completed"}));
    project
}

pub(crate) fn project_list() -> Value {
    list(&project(), 31_451)
}

pub(crate) fn project_patch() -> Value {
    json!({"homepage": "https://integrationpractices.eu", "stated_status": null})
}

pub(crate) fn participation_content() -> Value {
    json!({
        "organisation_id": ISMU,
        "role": "coordinator",
        "order": 1,
        "ec_contribution": {"amount": 377_006.44, "currency": "EUR"},
        "ended": false
    })
}

pub(crate) fn participation() -> Value {
    let mut participation = json!({"id": PART, "project_id": SPRING});
    merge(&mut participation, participation_content());
    merge(
        &mut participation,
        json!({
            "organisation": {
                "id": ISMU, "label": "Fondazione ISMU ETS", "short_name": "ISMU", "country": "IT"
            },
            "project": {
                "id": SPRING, "label": "SPRING",
                "period": {"start": "2021-03-01", "end": "2023-02-28"}
            }
        }),
    );
    merge(&mut participation, stamp());
    participation
}

pub(crate) fn participation_list() -> Value {
    list(&participation(), 2)
}

pub(crate) fn participation_patch() -> Value {
    json!({"net_ec_contribution": {"amount": 377_006.44, "currency": "EUR"}})
}

pub(crate) fn diversity() -> Value {
    let place = |value: f64, mean: f64, quartiles: [f64; 3], percentile: f64| {
        let [first_quartile, median, third_quartile] = quartiles;
        json!({
            "value": value, "cohort": 5424, "mean": mean, "first_quartile": first_quartile,
            "median": median, "third_quartile": third_quartile, "percentile": percentile
        })
    };
    json!({
        "organisation": {
            "id": ISMU, "label": "Fondazione ISMU ETS", "short_name": "ISMU", "country": "IT"
        },
        "scope": {}, "revision": 212_755,
        "projects": 2, "partners": 15, "collaborations": 17,
        "repeat_partner_rate": 0.1176, "newcomer_share": 0.3333,
        "measures": [{
            "dimension": "country", "weighting": "partners",
            "items": 15, "unclassified": 0, "richness": 6, "blau": 0.6044, "shannon": 1.2973,
            "effective_1": 3.6594, "effective_2": 2.5281, "evenness": 0.724,
            "rarefied": [{"n": 5, "richness": 2.9028}, {"n": 10, "richness": 4.5714}],
            "rao_stirling": 0.3644,
            "classes": [
                {"class": "BE", "count": 9, "share": 0.6},
                {"class": "AT", "count": 2, "share": 0.1333}
            ]
        }],
        "peers": {
            "projects": 2,
            "partners": place(15.0, 27.76, [15.0, 25.0, 36.0], 0.2579),
            "countries": place(6.0, 10.65, [7.0, 11.0, 14.0], 0.1943),
            "blau": place(0.6044, 0.8249, [0.8199, 0.8648, 0.8944], 0.0449)
        },
        "years": [{
            "year": 2018, "projects": 1, "partners": 8, "new_partners": 8, "countries": 3,
            "blau": 0.4063
        }],
        "unnamed": [],
        "meta": meta()
    })
}

/// Partners of which only the group is known.
fn unnamed() -> Value {
    let between = |least: f64, greatest: f64| json!({"least": least, "greatest": greatest});
    json!({
        "project": {
            "id": "019a8c3e-91b2-7a04-8c6f-52d3f1a7be0a", "label": "POP II",
            "period": {"start": null, "end": "2014"}
        },
        "group": {
            "part": "partner", "of": "organisations",
            "description": "Agencies of education and vocational training",
            "count": {"at_least": 7, "at_most": 7}, "countries": ["IT"], "country_count": null,
            "types": [], "kinds": ["agency"], "sectors": ["public", "private"], "wording": null
        },
        "bounds": {
            "items": 7, "richness": 1, "blau": between(0.0, 0.0), "shannon": between(0.0, 0.0),
            "effective_1": between(1.0, 1.0), "effective_2": between(1.0, 1.0), "evenness": null
        }
    })
}

pub(crate) fn partner_list() -> Value {
    let mut partners = list(
        &json!({
            "organisation": {
                "id": "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c07",
                "label": "Migration Policy Group", "short_name": "MPG", "country": "BE"
            },
            "shared_projects": 2, "fractional_weight": 0.216_666_666_666_666_67,
            "roles": ["participant"], "own_roles": ["coordinator"],
            "first_year": 2018, "last_year": 2023,
            "ec_contribution": {
                "amounts": [{"amount": 342_187.50, "currency": "EUR"}], "known": 2, "of": 2
            }
        }),
        15,
    );
    merge(
        &mut partners,
        json!({"summary": {
            "organisation": {
                "id": ISMU, "label": "Fondazione ISMU ETS", "short_name": "ISMU", "country": "IT"
            },
            "scope": {"programme": ["H2020"]}, "revision": 212_866,
            "projects": 2, "partners": 15, "collaborations": 17, "countries": 6,
            "by_country": [{"country": "BE", "partners": 9}],
            "agreements": {
                "count": 1, "href": format!("/api/v1/organisations/{ISMU}/agreements")
            },
            "unnamed": [unnamed()]
        }}),
    );
    partners
}

pub(crate) fn import() -> Value {
    json!({
        "id": "019a8c3e-b5d6-7e31-84c8-4fa015d2e907",
        "source": "cordis-h2020-2020-12.zip",
        "status": "completed",
        "actor": "user:anna",
        "started_at": "2026-01-31T12:00:00.000000Z",
        "finished_at": "2026-01-31T12:00:12.000000Z",
        "progress": null,
        "counts": {
            "projects": {"created": 31_451, "updated": 0, "unchanged": 0},
            "rows": 176_178, "rejected": 0, "notices": 24, "conflicts": 0, "dry_run": false
        },
        "rejects": [],
        "fault": null,
        "advice": null
    })
}

pub(crate) fn import_list() -> Value {
    private_list(&import(), 1)
}

pub(crate) fn former_state() -> Value {
    json!({
        "entity": "project", "record_id": RESOMA, "version": 2, "actor": "user:anna",
        "since": "2026-01-31T12:00:00.000000Z", "until": null,
        "content": {"acronym": "ReSOMA", "homepage": "https://www.resoma.eu"},
        "meta": meta()
    })
}

pub(crate) fn restoration() -> Value {
    json!({"version": 1})
}

pub(crate) fn revision_list() -> Value {
    list(
        &json!({
            "seq": 4711, "entity": "project", "record_id": RESOMA, "version": 2,
            "action": "updated", "actor": "user:anna", "at": "2026-01-31T12:00:00.000000Z",
            "change": {"homepage": "https://www.resoma.eu"}
        }),
        2,
    )
}
