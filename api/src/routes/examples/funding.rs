//! An example of a funding chain: a study paid for by a consortium of municipalities.

use super::meta;
use serde_json::{Value, json};

const STUDY: &str = "019a8c3e-e1b2-7a04-8c6f-52d3f1a7be10";
const IMPACT: &str = "019a8c3e-e1b2-7a04-8c6f-52d3f1a7be11";
const AMIF: &str = "019a8c3e-6d55-70f1-b0aa-0d4c93e2a90b";

fn funding(programme: Option<&str>) -> Value {
    json!({
        "programme_id": programme, "funder_id": null, "call_id": null, "type_of_action": null,
        "kind": "co_funding", "amount": null, "title": null, "year": null, "share": null
    })
}

pub(crate) fn funding_chain() -> Value {
    let unknown = json!({"amounts": [], "known": 0, "of": 1});
    let organisation = |id: &str, label: &str, country: Option<&str>| json!({"id": id, "label": label, "short_name": null, "country": country});
    let mut own = funding(None);
    own["funder_id"] = json!("019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c11");
    own["funders"] = json!([organisation(
        "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c11",
        "Consorzio Valle del Tevere",
        Some("IT")
    )]);
    own["programmes"] = json!([]);
    own["call"] = Value::Null;
    let mut above = funding(Some(AMIF));
    above["funders"] =
        json!([organisation("019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c12", "European Commission", None)]);
    above["programmes"] = json!([{
        "id": AMIF, "label": "Asylum, Migration and Integration Fund", "code": "AMIF",
        "level": "programme"
    }]);
    above["call"] = Value::Null;
    let unset = json!({"start": null, "end": null});
    json!({
        "project": {"id": STUDY, "label": "The territory as a driver", "period": unset},
        "fundings": [own],
        "through": [{
            "project": {"id": IMPACT, "label": "IMPACT Lazio", "period": unset},
            "next": STUDY,
            "steps": 1,
            "fundings": [above],
            "own": unknown
        }],
        "pays_for": [],
        "own": unknown,
        "leaves": unknown,
        "share": null,
        "more": false,
        "meta": meta()
    })
}
