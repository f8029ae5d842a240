//! Examples of kept claims: what a partner profile says of ISMU.

use super::{ISMU, list, merge, record};
use serde_json::{Value, json};

const PROFILE: &str = "019a8c3e-d1a0-7e31-8a44-7f02c9d1b20c";

pub(crate) fn claim_content() -> Value {
    json!({
        "organisation_id": ISMU,
        "figures": {"partner_countries": "6", "partners": "15"},
        "scope": {"programme": ["H2020"]},
        "wording": "15 partners in 6 countries",
        "source_id": PROFILE,
        "locator": null,
        "note": null
    })
}

pub(crate) fn claim() -> Value {
    let mut claim = record(
        "019a8c3e-d1a0-7e31-8a44-7f02c9d1b20d",
        "15 partners in 6 countries",
        claim_content(),
    );
    merge(
        &mut claim,
        json!({
            "organisation": {
                "id": ISMU, "label": "Fondazione ISMU ETS", "short_name": "ISMU", "country": "IT"
            },
            "source": {
                "id": PROFILE, "label": "ISMU as a partner in Horizon 2020", "url": null,
                "seen_on": "2026-01-20"
            }
        }),
    );
    claim
}

pub(crate) fn claim_list() -> Value {
    list(&claim(), 1)
}

pub(crate) fn claim_patch() -> Value {
    json!({"locator": "second section"})
}
