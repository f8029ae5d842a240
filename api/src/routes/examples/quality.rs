//! Examples of what there is to look at.

use super::{SPRING, merge, meta, private_list};
use serde_json::{Value, json};

pub(crate) fn quality_summary() -> Value {
    let mut summary = json!({
        "checks": [{
            "check": "no_coordinator",
            "label": "Projects with participants of which none leads",
            "entity": "project",
            "count": 1,
            "href": "/api/v1/quality/no_coordinator"
        }]
    });
    merge(&mut summary, json!({"meta": meta()}));
    summary
}

pub(crate) fn quality_findings() -> Value {
    let finding = json!({
        "entity": "project", "id": SPRING, "label": "SPRING",
        "href": format!("/api/v1/projects/{SPRING}")
    });
    private_list(&finding, 1)
}
