//! Statements as the API shows them.

use crate::respond::cells::instant;
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::record::{Stamp, Timestamp};
use consortia_domain::statement::{Statement, StatementFilter};

impl DescribedFilter for StatementFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[("updated_at", RangeOf::Instants)];
}

impl Resource for Statement {
    const PATH: &'static str = "statements";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "about_kind",
        "about_id",
        "field",
        "value",
        "basis",
        "source_id",
        "quotation",
        "locator",
        "note",
        "about",
        "source",
        "preferred",
        "version",
        "created_at",
        "updated_at",
    ];
    const SEARCH_EXAMPLE: &'static str = "partnership agreements";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |s| Cell::plain(s.id)),
            Column::new("about_kind", |s| Cell::plain(s.content.about_kind)),
            Column::new("about_id", |s| Cell::plain(s.content.about_id)),
            Column::new("about", |s| Cell::text(&s.about)),
            Column::new("field", |s| Cell::text(&s.content.field)),
            Column::new("value", |s| Cell::text(&s.content.value)),
            Column::new("preferred", |s| Cell::plain(s.preferred)),
            Column::new("basis", |s| Cell::plain(s.content.basis)),
            Column::new("source_id", |s| Cell::maybe(s.content.source_id)),
            Column::of("source", "source_label", |s| {
                Cell::maybe_text(s.source.as_ref().map(|source| &source.label))
            }),
            Column::new("quotation", |s| Cell::maybe_text(s.content.quotation.as_ref())),
            Column::new("locator", |s| Cell::maybe_text(s.content.locator.as_ref())),
            Column::new("note", |s| Cell::maybe_text(s.content.note.as_ref())),
            Column::new("version", |s| Cell::plain(s.stamp.version)),
            Column::new("updated_at", |s| instant(s.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }

    /// The record it is about and its source are shown too, and may change by themselves.
    fn modified(&self) -> Option<Timestamp> {
        None
    }
}
