//! Examples of relations: SPRING builds on `ReSOMA`.

use super::{RESOMA, SPRING, list, merge, stamp};
use serde_json::{Value, json};

pub(crate) fn relation_content() -> Value {
    json!({
        "kind": "stems_from",
        "between": "projects",
        "from_id": SPRING,
        "to_id": RESOMA,
        "period": {"start": "2021-03", "end": ".."},
        "note": "Takes up its work on integration"
    })
}

pub(crate) fn relation() -> Value {
    let mut relation = json!({"id": "019a8c3e-c7d8-7f42-95e9-60b126e3fa08"});
    merge(&mut relation, relation_content());
    merge(
        &mut relation,
        json!({
            "reads": "stems from",
            "reads_back": "led to",
            "from": {"id": SPRING, "label": "SPRING"},
            "to": {"id": RESOMA, "label": "ReSOMA"}
        }),
    );
    merge(&mut relation, stamp());
    relation
}

pub(crate) fn relation_list() -> Value {
    list(&relation(), 1)
}

pub(crate) fn relation_patch() -> Value {
    json!({"kind": "continues", "note": null})
}
