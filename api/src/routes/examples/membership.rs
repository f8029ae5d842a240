//! Examples of the members of a network: one named of the many of Family for Every Child.

use super::{list, merge};
use serde_json::{Value, json};

const NETWORK: &str = "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c12";
const WORKING_GROUP: &str = "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c13";

fn organisation(id: &str, label: &str, country: Option<&str>) -> Value {
    json!({"id": id, "label": label, "short_name": null, "country": country})
}

pub(crate) fn member_list() -> Value {
    let network = || organisation(NETWORK, "Family for Every Child", None);
    let group = || organisation(WORKING_GROUP, "Re-integration of children on the move", None);
    let membership = |id: &str, of: Value, since: &str| {
        json!({
            "relation_id": id, "of": of, "period": {"start": since, "end": ".."}, "note": null
        })
    };
    let between = |least: f64, greatest: f64| json!({"least": least, "greatest": greatest});
    let member = json!({
        "organisation": organisation(
            "019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c14", "Programma integra", Some("IT")
        ),
        "memberships": [
            membership("019a8c3e-c7d8-7f42-95e9-60b126e3fa11", network(), "2019"),
            membership("019a8c3e-c7d8-7f42-95e9-60b126e3fa12", group(), "2022")
        ]
    });
    let summary = json!({
        "organisation": network(),
        "named": {"count": 1, "href": format!("/api/v1/organisations?member_of={NETWORK}")},
        "working_groups": [{"organisation": group(), "named": 1}],
        "groups": [{
            "group": {
                "part": "member", "of": "organisations", "description": null,
                "count": {"at_least": 43, "at_most": 43}, "countries": [],
                "country_count": {"at_least": 37, "at_most": 37}, "types": [], "kinds": [],
                "sectors": [], "wording": null
            },
            "named": 1, "unnamed": 42,
            "bounds": {
                "items": 43, "richness": 37, "blau": between(0.954, 0.9703),
                "shannon": between(3.4444, 3.5678), "effective_1": between(31.3252, 35.4373),
                "effective_2": between(21.7529, 33.6182), "evenness": between(0.9539, 0.988)
            }
        }],
        "diversity": {
            "dimension": "country", "weighting": "partners", "items": 1, "unclassified": 0,
            "richness": 1, "blau": 0.0, "shannon": 0.0, "effective_1": 1.0, "effective_2": 1.0,
            "evenness": null, "rarefied": [], "rao_stirling": 0.0,
            "classes": [{"class": "IT", "count": 1, "share": 1.0}]
        }
    });
    let mut members = list(&member, 1);
    merge(&mut members, json!({"summary": summary}));
    members
}
