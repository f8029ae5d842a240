//! Relations as the API shows them.

use crate::respond::cells::{end, instant, start};
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::record::{Stamp, Timestamp};
use consortia_domain::relation::{Relation, RelationFilter};

impl DescribedFilter for RelationFilter {
    const RANGES: &'static [(&'static str, RangeOf)] =
        &[("active", RangeOf::Days), ("updated_at", RangeOf::Instants)];
}

impl Resource for Relation {
    const PATH: &'static str = "relations";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "kind",
        "between",
        "from_id",
        "to_id",
        "period",
        "note",
        "reads",
        "reads_back",
        "from",
        "to",
        "version",
        "created_at",
        "updated_at",
    ];
    const INCLUDES: &'static [&'static str] = &["sources"];
    const SEARCH_EXAMPLE: &'static str = "resoma";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |r| Cell::plain(r.id)),
            Column::new("kind", |r| Cell::plain(r.content.kind)),
            Column::new("between", |r| Cell::plain(r.content.between)),
            Column::new("from_id", |r| Cell::plain(r.content.from_id)),
            Column::of("from", "from_label", |r| Cell::text(&r.from.label)),
            Column::new("reads", |r| Cell::plain(r.reads)),
            Column::new("to_id", |r| Cell::plain(r.content.to_id)),
            Column::of("to", "to_label", |r| Cell::text(&r.to.label)),
            Column::new("reads_back", |r| Cell::plain(r.reads_back)),
            Column::of("period", "start", |r| start(r.content.period)),
            Column::of("period", "end", |r| end(r.content.period)),
            Column::new("note", |r| Cell::maybe_text(r.content.note.as_ref())),
            Column::new("version", |r| Cell::plain(r.stamp.version)),
            Column::new("updated_at", |r| instant(r.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }

    /// The labels of both ends are shown too, and may change by themselves.
    fn modified(&self) -> Option<Timestamp> {
        None
    }
}
