//! Examples of sources and statements: since when ISMU has been at work.

use super::{ISMU, list, merge, record, stamp};
use serde_json::{Value, json};

const PAGE: &str = "019a8c3e-d1a0-7e31-8a44-7f02c9d1b20a";

pub(crate) fn source_content() -> Value {
    json!({
        "title": "ISMU, who we are",
        "kind": "web_page",
        "url": "https://www.ismu.org/en/",
        "publisher": "Fondazione ISMU ETS",
        "published": null,
        "seen_on": "2026-01-20",
        "language": "en",
        "licence": null,
        "note": null
    })
}

pub(crate) fn source() -> Value {
    record(PAGE, "ISMU, who we are", source_content())
}

pub(crate) fn source_list() -> Value {
    list(&source(), 1)
}

pub(crate) fn source_patch() -> Value {
    json!({"seen_on": "2026-01-31"})
}

pub(crate) fn statement_content() -> Value {
    json!({
        "about_kind": "organisation",
        "about_id": ISMU,
        "field": "/founded",
        "value": "1993",
        "basis": "stated",
        "source_id": PAGE,
        "quotation": "since 1993",
        "locator": null,
        "note": null
    })
}

pub(crate) fn statement() -> Value {
    let mut statement = json!({"id": "019a8c3e-d1a0-7e31-8a44-7f02c9d1b20b"});
    merge(&mut statement, statement_content());
    merge(
        &mut statement,
        json!({
            "about": "Fondazione ISMU ETS",
            "source": {
                "id": PAGE,
                "label": "ISMU, who we are",
                "url": "https://www.ismu.org/en/",
                "seen_on": "2026-01-20"
            },
            "preferred": true
        }),
    );
    merge(&mut statement, stamp());
    statement
}

pub(crate) fn statement_list() -> Value {
    list(&statement(), 1)
}

pub(crate) fn statement_patch() -> Value {
    json!({"locator": "second paragraph"})
}
