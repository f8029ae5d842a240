//! What nodes and ties say in one text each.

use consortia_domain::network::{NetworkNode, NetworkTie};

/// The identifiers of an organisation in other registries, as one text.
pub(super) fn identifiers(node: &NetworkNode) -> Option<String> {
    let all: Vec<String> = node.external_ids.iter().map(ToString::to_string).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// The agreements of a tie, by label, as one text; none of a tie by shared projects.
pub(super) fn agreements(tie: &NetworkTie) -> Option<String> {
    let all: Vec<&str> = tie.agreements.iter().map(|of| of.label.as_str()).collect();
    (!all.is_empty()).then(|| all.join("; "))
}
