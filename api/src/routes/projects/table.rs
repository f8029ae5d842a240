//! Projects as the API shows them.

use super::view::{self, ProjectView};
use crate::respond::cells::{
    amount, amounts, currency, end, external_ids, instant, preferred, start,
};
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource, changes_by_day};
use consortia_db::{Conn, Result};
use consortia_domain::project::ProjectFilter;
use consortia_domain::record::{Stamp, Timestamp};

impl DescribedFilter for ProjectFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[
        ("active", RangeOf::Days),
        ("start_date", RangeOf::Days),
        ("end_date", RangeOf::Days),
        ("total_cost", RangeOf::Euros),
        ("updated_at", RangeOf::Instants),
    ];
}

impl Resource for ProjectView {
    const PATH: &'static str = "projects";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "label",
        "acronym",
        "aliases",
        "titles",
        "abstract",
        "period",
        "stated_status",
        "total_cost",
        "fundings",
        "keywords",
        "themes",
        "target_groups",
        "territories",
        "groups",
        "activities",
        "homepage",
        "external_ids",
        "status",
        "version",
        "created_at",
        "updated_at",
    ];
    const INCLUDES: &'static [&'static str] = view::INCLUDES;
    const SEARCH_EXAMPLE: &'static str = "spring";

    fn include(c: &mut Conn<'_>, wanted: &[&'static str], shown: &mut [Self]) -> Result<()> {
        view::include(c, wanted, shown)
    }

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |p| Cell::plain(p.project.id)),
            Column::new("label", |p| Cell::text(&p.project.label)),
            Column::new("acronym", |p| Cell::maybe_text(p.project.content.acronym.as_ref())),
            Column::new("aliases", |p| Cell::list(&p.project.content.aliases)),
            Column::of("titles", "title", |p| preferred(&p.project.content.titles)),
            Column::new("abstract", |p| preferred(&p.project.content.r#abstract)),
            Column::of("period", "start", |p| start(p.project.content.period)),
            Column::of("period", "end", |p| end(p.project.content.period)),
            Column::new("status", |p| Cell::maybe(p.project.status)),
            Column::new("total_cost", |p| amount(p.project.content.total_cost)),
            Column::of("total_cost", "total_cost_currency", |p| {
                currency(p.project.content.total_cost)
            }),
            Column::of("fundings", "funding_amounts", |p| {
                let fundings = p.project.content.fundings.iter();
                amounts(fundings.filter_map(|funding| funding.amount))
            }),
            Column::of("fundings", "types_of_action", |p| {
                let fundings = p.project.content.fundings.iter();
                Cell::list(fundings.filter_map(|funding| funding.type_of_action.as_ref()))
            }),
            Column::of("fundings", "programme_ids", |p| {
                let fundings = p.project.content.fundings.iter();
                Cell::list(fundings.filter_map(|funding| funding.programme_id))
            }),
            Column::new("keywords", |p| Cell::list(&p.project.content.keywords)),
            Column::new("themes", |p| {
                let themes = p.project.content.themes.iter();
                Cell::list(themes.map(|theme| match &theme.label {
                    Some(label) => label.to_string(),
                    None => theme.code.to_string(),
                }))
            }),
            Column::new("target_groups", |p| Cell::list(&p.project.content.target_groups)),
            Column::new("homepage", |p| Cell::maybe_text(p.project.content.homepage.as_ref())),
            Column::new("external_ids", |p| external_ids(&p.project.content.external_ids)),
            Column::new("version", |p| Cell::plain(p.project.stamp.version)),
            Column::new("updated_at", |p| instant(p.project.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.project.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.project.stamp)
    }

    /// The status follows the calendar.
    fn modified(&self) -> Option<Timestamp> {
        Some(changes_by_day(self.project.stamp.updated_at))
    }
}
