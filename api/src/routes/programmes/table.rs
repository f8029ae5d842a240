//! Programmes as the API shows them.

use crate::respond::cells::{amount, currency, end, external_ids, instant, preferred, start};
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::programme::{Programme, ProgrammeFilter};
use consortia_domain::record::Stamp;

impl DescribedFilter for ProgrammeFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[("updated_at", RangeOf::Instants)];
}

impl Resource for Programme {
    const PATH: &'static str = "programmes";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "label",
        "parent_id",
        "level",
        "code",
        "titles",
        "aliases",
        "period",
        "budget",
        "funder_ids",
        "homepage",
        "external_ids",
        "version",
        "created_at",
        "updated_at",
    ];
    const INCLUDES: &'static [&'static str] = &["sources"];
    const SEARCH_EXAMPLE: &'static str = "horizon";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |p| Cell::plain(p.id)),
            Column::new("label", |p| Cell::text(&p.label)),
            Column::new("parent_id", |p| Cell::maybe(p.content.parent_id)),
            Column::new("level", |p| Cell::maybe(p.content.level)),
            Column::new("code", |p| Cell::maybe_text(p.content.code.as_ref())),
            Column::of("titles", "title", |p| preferred(&p.content.titles)),
            Column::new("aliases", |p| Cell::list(&p.content.aliases)),
            Column::of("period", "start", |p| start(p.content.period)),
            Column::of("period", "end", |p| end(p.content.period)),
            Column::new("budget", |p| amount(p.content.budget)),
            Column::of("budget", "budget_currency", |p| currency(p.content.budget)),
            Column::new("funder_ids", |p| Cell::list(&p.content.funder_ids)),
            Column::new("homepage", |p| Cell::maybe_text(p.content.homepage.as_ref())),
            Column::new("external_ids", |p| external_ids(&p.content.external_ids)),
            Column::new("version", |p| Cell::plain(p.stamp.version)),
            Column::new("updated_at", |p| instant(p.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }
}
