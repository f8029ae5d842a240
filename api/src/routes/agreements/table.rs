//! Agreements as the API shows them.

use crate::respond::cells::{end, instant, preferred, start};
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::agreement::{Agreement, AgreementFilter};
use consortia_domain::record::{Stamp, Timestamp};

impl DescribedFilter for AgreementFilter {
    const RANGES: &'static [(&'static str, RangeOf)] =
        &[("signed", RangeOf::Days), ("active", RangeOf::Days), ("updated_at", RangeOf::Instants)];
}

impl Resource for Agreement {
    const PATH: &'static str = "agreements";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "label",
        "titles",
        "kind",
        "party_ids",
        "signed",
        "period",
        "purposes",
        "territories",
        "target_groups",
        "resources",
        "groups",
        "url",
        "note",
        "parties",
        "version",
        "created_at",
        "updated_at",
    ];
    const INCLUDES: &'static [&'static str] = &["sources"];
    const SEARCH_EXAMPLE: &'static str = "equal opportunities";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |a| Cell::plain(a.id)),
            Column::new("label", |a| Cell::text(&a.label)),
            Column::of("titles", "title", |a| preferred(&a.content.titles)),
            Column::new("kind", |a| Cell::maybe(a.content.kind)),
            Column::new("party_ids", |a| Cell::list(&a.content.party_ids)),
            Column::new("parties", |a| Cell::list(a.parties.iter().map(|party| &party.label))),
            Column::new("signed", |a| Cell::maybe(a.content.signed)),
            Column::of("period", "start", |a| start(a.content.period)),
            Column::of("period", "end", |a| end(a.content.period)),
            Column::new("purposes", |a| Cell::list(&a.content.purposes)),
            Column::new("target_groups", |a| Cell::list(&a.content.target_groups)),
            Column::new("resources", |a| Cell::maybe_text(a.content.resources.as_ref())),
            Column::new("url", |a| Cell::maybe_text(a.content.url.as_ref())),
            Column::new("note", |a| Cell::maybe_text(a.content.note.as_ref())),
            Column::new("version", |a| Cell::plain(a.stamp.version)),
            Column::new("updated_at", |a| instant(a.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }

    /// The labels of the parties are shown too, and may change by themselves.
    fn modified(&self) -> Option<Timestamp> {
        None
    }
}
