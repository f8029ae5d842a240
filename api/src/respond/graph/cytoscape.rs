//! Cytoscape JSON (`.cyjs`): what Cytoscape opens and Cytoscape.js takes as it is.
//!
//! Source: the Cytoscape.js documentation, "Elements JSON". Written from what is there, element
//! by element: a copy of a large network would take ten times its memory.

use super::words::{agreements, identifiers};
use consortia_domain::country::Country;
use consortia_domain::id::OrganisationId;
use consortia_domain::network::{Neighbourhood, NetworkNode, NetworkTie, TieKind};
use consortia_domain::scope::Scope;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
struct Document<'a> {
    format_version: &'static str,
    data: About<'a>,
    elements: Elements<'a>,
}

#[derive(Serialize)]
struct About<'a> {
    name: String,
    description: &'a str,
    scope: &'a Scope,
    revision: i64,
    within_reach: u64,
    left_out: u64,
}

#[derive(Serialize)]
struct Elements<'a> {
    #[serde(serialize_with = "nodes")]
    nodes: &'a [NetworkNode],
    #[serde(serialize_with = "edges")]
    edges: &'a [NetworkTie],
}

/// What is told of a node or an edge.
#[derive(Serialize)]
struct Element<T> {
    data: T,
}

#[derive(Serialize)]
struct Node<'a> {
    id: OrganisationId,
    name: &'a str,
    label: &'a str,
    short_name: Option<&'a str>,
    country: Option<Country>,
    external_ids: Option<String>,
    distance: u32,
    by_agreement: bool,
    projects: u64,
    shared_projects: u64,
    community: Option<u64>,
}

#[derive(Serialize)]
struct Edge {
    id: String,
    source: OrganisationId,
    target: OrganisationId,
    kind: TieKind,
    weight: u64,
    shared_projects: Option<u64>,
    fractional_weight: Option<f64>,
    agreements: Option<String>,
}

fn nodes<S: Serializer>(nodes: &[NetworkNode], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(nodes.iter().map(|of| Element {
        data: Node {
            id: of.organisation.id,
            name: &of.organisation.label,
            label: &of.organisation.label,
            short_name: of.organisation.short_name.as_deref(),
            country: of.organisation.country,
            external_ids: identifiers(of),
            distance: of.distance,
            by_agreement: of.by_agreement,
            projects: of.projects,
            shared_projects: of.shared_projects,
            community: of.community,
        },
    }))
}

fn edges<S: Serializer>(edges: &[NetworkTie], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(edges.iter().map(|of| Element {
        data: Edge {
            id: match of.kind {
                TieKind::Collaboration => format!("{}-{}", of.source, of.target),
                TieKind::Agreement => format!("{}-{}-agreement", of.source, of.target),
            },
            source: of.source,
            target: of.target,
            kind: of.kind,
            weight: of.shared_projects.unwrap_or(0),
            shared_projects: of.shared_projects,
            fractional_weight: of.fractional_weight,
            agreements: agreements(of),
        },
    }))
}

pub(super) fn document(found: &Neighbourhood, about: &str) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Document {
        format_version: "1.0",
        data: About {
            name: format!("Partners of {}", found.organisation.label),
            description: about,
            scope: &found.scope,
            revision: found.revision,
            within_reach: found.within_reach,
            left_out: found.left_out,
        },
        elements: Elements { nodes: &found.nodes, edges: &found.ties },
    })
}
