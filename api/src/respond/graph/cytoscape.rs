//! Cytoscape JSON (`.cyjs`): what Cytoscape opens and Cytoscape.js takes as it is.
//!
//! Source: the Cytoscape.js documentation, "Elements JSON".

use super::description;
use crate::respond::Meta;
use consortia_domain::network::Neighbourhood;
use serde_json::{Value, json};

pub(super) fn document(found: &Neighbourhood, meta: &Meta) -> Value {
    let nodes = found.nodes.iter().map(|node| {
        json!({"data": {
            "id": node.organisation.id,
            "name": node.organisation.label,
            "label": node.organisation.label,
            "short_name": node.organisation.short_name,
            "country": node.organisation.country,
            "distance": node.distance,
            "projects": node.projects,
            "shared_projects": node.shared_projects,
            "community": node.community,
        }})
    });
    let edges = found.ties.iter().map(|tie| {
        json!({"data": {
            "id": format!("{}-{}", tie.source, tie.target),
            "source": tie.source,
            "target": tie.target,
            "weight": tie.shared_projects,
            "shared_projects": tie.shared_projects,
            "fractional_weight": tie.fractional_weight,
        }})
    });
    json!({
        "format_version": "1.0",
        "data": {
            "name": format!("Partners of {}", found.organisation.label),
            "description": description(found, meta),
            "scope": found.scope,
            "revision": found.revision,
            "within_reach": found.within_reach,
            "left_out": found.left_out,
        },
        "elements": {
            "nodes": nodes.collect::<Vec<_>>(),
            "edges": edges.collect::<Vec<_>>(),
        },
    })
}
