//! Examples of themes, from the founding catalogue.

use super::{list, merge, meta};
use serde_json::{Value, json};

pub(crate) fn theme_list() -> Value {
    let theme = json!({
        "vocabulary": "integration-portal", "code": "/culture", "label": "Culture",
        "path": "/Culture", "level": 1, "parent": null, "projects": 1,
        "href": "/api/v1/projects?theme=integration-portal%3A%2Fculture",
        "themes_href": "/api/v1/themes?under=integration-portal%3A%2Fculture"
    });
    list(&theme, 15)
}

pub(crate) fn theme_vocabularies() -> Value {
    let mut vocabularies = json!({
        "vocabularies": [{
            "vocabulary": "integration-portal", "themes": 15, "levels": 2, "projects": 1,
            "href": "/api/v1/themes?vocabulary=integration-portal"
        }]
    });
    merge(&mut vocabularies, json!({"meta": meta()}));
    vocabularies
}
