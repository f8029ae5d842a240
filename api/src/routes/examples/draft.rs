//! Examples of drafts.

use super::{merge, private_list, stamp};
use serde_json::{Value, json};

const DRAFT: &str = "019a8c3e-c1f4-7b62-8e90-4d7a2c6f3e09";

pub(crate) fn draft_content() -> Value {
    json!({
        "kind": "project",
        "project_id": null,
        "content": {"acronym": "DIME", "period": "2020/2022"}
    })
}

pub(crate) fn draft() -> Value {
    let mut draft = json!({"id": DRAFT, "label": "DIME"});
    merge(&mut draft, draft_content());
    draft["content"]["period"] = json!({"start": "2020", "end": "2022"});
    draft["made_by"] = json!("account:019a8c3e-b001-7a10-8d2e-6b1c9f0e5d07");
    merge(&mut draft, stamp());
    draft
}

pub(crate) fn draft_list() -> Value {
    private_list(&draft(), 3)
}

pub(crate) fn publication() -> Value {
    json!({"data": [{"kind": "project", "id": DRAFT}]})
}

pub(crate) fn withdrawal() -> Value {
    json!({"reason": "Registered by mistake; the project was never funded"})
}
