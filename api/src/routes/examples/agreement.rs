//! Examples of agreements: ISMU and MSE, a partnership whose date nobody stated.

use super::{ISMU, SPRING, list, merge, meta, record};
use serde_json::{Value, json};

const AGREEMENT: &str = "019a8c3e-c7d8-7f42-95e9-60b126e3fa10";
const MSE: &str = "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c11";

fn mse() -> Value {
    json!({"id": MSE, "label": "MSE", "short_name": null, "country": "IT"})
}

fn ismu() -> Value {
    json!({"id": ISMU, "label": "Fondazione ISMU ETS", "short_name": "ISMU", "country": "IT"})
}

pub(crate) fn agreement_content() -> Value {
    json!({
        "titles": {},
        "kind": "partnership",
        "party_ids": [MSE, ISMU],
        "signed": null,
        "period": {"start": null, "end": null},
        "purposes": ["Equal opportunities", "Joint planning", "Exchange of research"],
        "territories": [
            {"relation": "action", "country": "IT", "nuts": "ITC4", "place": null},
            {"relation": "action", "country": "IT", "nuts": "ITG1", "place": null}
        ],
        "target_groups": ["Minors", "Unaccompanied minors", "18-year-olds"],
        "resources": "Pooled from several sources, unspecified",
        "groups": [{
            "part": "collaborator", "of": "organisations", "description": "Universities",
            "count": null, "countries": [], "country_count": null, "types": [],
            "kinds": ["university"], "sectors": [], "wording": null
        }],
        "url": null,
        "note": null
    })
}

pub(crate) fn agreement() -> Value {
    let mut agreement = record(AGREEMENT, "MSE – Fondazione ISMU ETS", agreement_content());
    merge(&mut agreement, json!({"parties": [mse(), ismu()]}));
    agreement
}

pub(crate) fn agreement_list() -> Value {
    list(&agreement(), 1)
}

pub(crate) fn agreement_patch() -> Value {
    json!({"signed": "2019-06", "note": "Signed in Milan"})
}

pub(crate) fn agreement_yield() -> Value {
    json!({
        "agreement": {
            "id": AGREEMENT, "label": "MSE – Fondazione ISMU ETS", "kind": "partnership",
            "signed": null
        },
        "parties": [mse(), ismu()],
        "verdict": "indeterminate",
        "joint_projects": {
            "count": 1,
            "href": format!("/api/v1/projects?organisation={MSE}&organisation={ISMU}")
        },
        "certainly": 0, "possibly": 1, "not": 0,
        "missing": [{
            "href": format!("/api/v1/agreements/{AGREEMENT}"),
            "label": "MSE – Fondazione ISMU ETS", "field": "signed"
        }],
        "projects": [{
            "project": {
                "id": SPRING, "label": "SPRING",
                "period": {"start": "2021-03-01", "end": "2023-02-28"}
            },
            "party_ids": [MSE, ISMU],
            "after_signature": "possible"
        }],
        "left_out": 0,
        "meta": meta()
    })
}
