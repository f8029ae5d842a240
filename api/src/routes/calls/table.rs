//! Calls as the API shows them.

use crate::respond::cells::{amount, currency, external_ids, instant, preferred};
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::call::{Call, CallFilter};
use consortia_domain::record::{Stamp, Timestamp};

impl DescribedFilter for CallFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[
        ("year", RangeOf::Numbers),
        ("opening_date", RangeOf::Days),
        ("deadline", RangeOf::Days),
        ("updated_at", RangeOf::Instants),
    ];
}

impl Resource for Call {
    const PATH: &'static str = "calls";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "label",
        "programme_id",
        "identifier",
        "titles",
        "year",
        "opening_date",
        "deadlines",
        "budget",
        "type_of_action",
        "homepage",
        "external_ids",
        "programme",
        "version",
        "created_at",
        "updated_at",
    ];
    const INCLUDES: &'static [&'static str] = &["sources"];
    const SEARCH_EXAMPLE: &'static str = "migration";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |c| Cell::plain(c.id)),
            Column::new("label", |c| Cell::text(&c.label)),
            Column::new("programme_id", |c| Cell::maybe(c.content.programme_id)),
            Column::of("programme", "programme_code", |c| {
                Cell::maybe_text(c.programme.as_ref().and_then(|programme| programme.code.as_ref()))
            }),
            Column::new("identifier", |c| Cell::maybe_text(c.content.identifier.as_ref())),
            Column::of("titles", "title", |c| preferred(&c.content.titles)),
            Column::new("year", |c| Cell::maybe(c.content.year)),
            Column::new("opening_date", |c| Cell::maybe(c.content.opening_date)),
            Column::new("deadlines", |c| Cell::list(&c.content.deadlines)),
            Column::new("budget", |c| amount(c.content.budget)),
            Column::of("budget", "budget_currency", |c| currency(c.content.budget)),
            Column::new("type_of_action", |c| Cell::maybe_text(c.content.type_of_action.as_ref())),
            Column::new("homepage", |c| Cell::maybe_text(c.content.homepage.as_ref())),
            Column::new("external_ids", |c| external_ids(&c.content.external_ids)),
            Column::new("version", |c| Cell::plain(c.stamp.version)),
            Column::new("updated_at", |c| instant(c.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }

    /// The programme's label is shown too, and may change by itself.
    fn modified(&self) -> Option<Timestamp> {
        None
    }
}
