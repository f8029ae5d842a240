//! Sources as the API shows them.

use crate::respond::cells::instant;
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::record::Stamp;
use consortia_domain::source::{Source, SourceFilter};

impl DescribedFilter for SourceFilter {
    const RANGES: &'static [(&'static str, RangeOf)] =
        &[("seen_on", RangeOf::Days), ("updated_at", RangeOf::Instants)];
}

impl Resource for Source {
    const PATH: &'static str = "sources";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "label",
        "title",
        "kind",
        "url",
        "publisher",
        "published",
        "seen_on",
        "language",
        "licence",
        "note",
        "version",
        "created_at",
        "updated_at",
    ];
    const SEARCH_EXAMPLE: &'static str = "partnership agreements";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |s| Cell::plain(s.id)),
            Column::new("label", |s| Cell::text(&s.label)),
            Column::new("kind", |s| Cell::maybe(s.content.kind)),
            Column::new("url", |s| Cell::maybe_text(s.content.url.as_ref())),
            Column::new("publisher", |s| Cell::maybe_text(s.content.publisher.as_ref())),
            Column::new("published", |s| Cell::maybe(s.content.published)),
            Column::new("seen_on", |s| Cell::maybe(s.content.seen_on)),
            Column::new("language", |s| Cell::maybe_text(s.content.language.as_ref())),
            Column::new("licence", |s| Cell::maybe_text(s.content.licence.as_ref())),
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
}
