//! Claims as the API shows them.

use crate::respond::cells::instant;
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::claim::{Claim, ClaimFilter};
use consortia_domain::record::{Stamp, Timestamp};

impl DescribedFilter for ClaimFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[("updated_at", RangeOf::Instants)];
}

impl Resource for Claim {
    const PATH: &'static str = "claims";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "label",
        "organisation_id",
        "figures",
        "scope",
        "wording",
        "source_id",
        "locator",
        "note",
        "organisation",
        "source",
        "version",
        "created_at",
        "updated_at",
    ];
    const INCLUDES: &'static [&'static str] = &["sources"];
    const SEARCH_EXAMPLE: &'static str = "partners";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |it| Cell::plain(it.id)),
            Column::new("label", |it| Cell::text(&it.label)),
            Column::new("organisation_id", |it| Cell::plain(it.content.organisation_id)),
            Column::of("organisation", "organisation_label", |it| {
                Cell::text(&it.organisation.label)
            }),
            Column::new("figures", |it| {
                let figures = it.content.figures.0.iter();
                let each = figures.map(|(name, value)| format!("{name} {value}"));
                Cell::text(each.collect::<Vec<_>>().join("; "))
            }),
            Column::new("source_id", |it| Cell::maybe(it.content.source_id)),
            Column::of("source", "source_label", |it| {
                Cell::maybe_text(it.source.as_ref().map(|source| &source.label))
            }),
            Column::new("locator", |it| Cell::maybe_text(it.content.locator.as_ref())),
            Column::new("note", |it| Cell::maybe_text(it.content.note.as_ref())),
            Column::new("version", |it| Cell::plain(it.stamp.version)),
            Column::new("updated_at", |it| instant(it.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }

    /// The organisation and the source are shown too, and may change by themselves.
    fn modified(&self) -> Option<Timestamp> {
        None
    }
}
