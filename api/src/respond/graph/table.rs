//! A network as a table, of its ties or of its nodes.

use super::words::{agreements, identifiers};
use super::{GraphLook, GraphTable};
use crate::respond::csv::{write_head, write_row};
use crate::respond::{Cell, Column};
use consortia_domain::id::OrganisationId;
use consortia_domain::network::{Neighbourhood, NetworkNode, NetworkTie};
use consortia_domain::organisation::OrganisationRef;
use std::collections::HashMap;

/// A tie and what is known of its ends.
struct Row<'a> {
    tie: &'a NetworkTie,
    source: &'a OrganisationRef,
    target: &'a OrganisationRef,
}

pub(super) fn document<'a>(found: &'a Neighbourhood, look: GraphLook) -> String {
    let mark = if look.bom { "\u{feff}" } else { "" };
    let table = match look.table {
        GraphTable::Nodes => rows(&of_nodes(), &found.nodes),
        GraphTable::Ties => {
            let organisations: HashMap<OrganisationId, &OrganisationRef> =
                found.nodes.iter().map(|node| (node.organisation.id, &node.organisation)).collect();
            let complete = |tie: &'a NetworkTie| {
                let source = organisations.get(&tie.source)?;
                let target = organisations.get(&tie.target)?;
                Some(Row { tie, source, target })
            };
            let ties: Vec<Row<'_>> = found.ties.iter().filter_map(complete).collect();
            rows(&of_ties(), &ties)
        }
    };
    format!("{mark}{table}")
}

fn rows<T>(columns: &[Column<T>], records: &[T]) -> String {
    let mut text = String::new();
    write_head(columns, &mut text);
    for record in records {
        write_row(columns, record, &mut text);
    }
    text
}

fn of_nodes() -> [Column<NetworkNode>; 10] {
    [
        Column::of("organisation", "organisation_id", |of| Cell::plain(of.organisation.id)),
        Column::of("organisation", "label", |of| Cell::text(&of.organisation.label)),
        Column::of("organisation", "short_name", |of| {
            Cell::maybe_text(of.organisation.short_name.as_ref())
        }),
        Column::of("organisation", "country", |of| Cell::maybe(of.organisation.country)),
        Column::new("external_ids", |of| Cell::maybe_text(identifiers(of))),
        Column::new("distance", |of| Cell::plain(of.distance)),
        Column::new("projects", |of| Cell::plain(of.projects)),
        Column::new("shared_projects", |of| Cell::plain(of.shared_projects)),
        Column::new("community", |of| Cell::maybe(of.community)),
        Column::new("by_agreement", |of| Cell::plain(of.by_agreement)),
    ]
}

fn of_ties<'a>() -> [Column<Row<'a>>; 12] {
    [
        Column::of("source", "source_id", |of| Cell::plain(of.source.id)),
        Column::of("source", "source_label", |of| Cell::text(&of.source.label)),
        Column::of("source", "source_short_name", |of| {
            Cell::maybe_text(of.source.short_name.as_ref())
        }),
        Column::of("source", "source_country", |of| Cell::maybe(of.source.country)),
        Column::of("target", "target_id", |of| Cell::plain(of.target.id)),
        Column::of("target", "target_label", |of| Cell::text(&of.target.label)),
        Column::of("target", "target_short_name", |of| {
            Cell::maybe_text(of.target.short_name.as_ref())
        }),
        Column::of("target", "target_country", |of| Cell::maybe(of.target.country)),
        Column::new("shared_projects", |of| Cell::maybe(of.tie.shared_projects)),
        Column::new("fractional_weight", |of| Cell::maybe(of.tie.fractional_weight)),
        Column::new("kind", |of| Cell::plain(of.tie.kind)),
        Column::new("agreements", |of| Cell::maybe_text(agreements(of.tie))),
    ]
}
