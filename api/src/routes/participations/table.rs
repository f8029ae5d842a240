//! Participations as the API shows them.

use crate::respond::cells::{amount, currency, end, instant, start};
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::participation::{Participation, ParticipationFilter};
use consortia_domain::record::{Stamp, Timestamp};

impl DescribedFilter for ParticipationFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[
        ("active", RangeOf::Days),
        ("start_date", RangeOf::Days),
        ("ec_contribution", RangeOf::Euros),
        ("updated_at", RangeOf::Instants),
    ];
}

impl Resource for Participation {
    const PATH: &'static str = "participations";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "project_id",
        "organisation_id",
        "role",
        "order",
        "period",
        "ec_contribution",
        "net_ec_contribution",
        "total_cost",
        "ended",
        "organisation",
        "project",
        "version",
        "created_at",
        "updated_at",
    ];
    const INCLUDES: &'static [&'static str] = &["sources"];
    const SEARCH_EXAMPLE: &'static str = "ismu";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |p| Cell::plain(p.id)),
            Column::new("project_id", |p| Cell::plain(p.project_id)),
            Column::of("project", "project_label", |p| Cell::text(&p.project.label)),
            Column::new("organisation_id", |p| Cell::plain(p.content.organisation_id)),
            Column::of("organisation", "organisation_label", |p| Cell::text(&p.organisation.label)),
            Column::of("organisation", "country", |p| Cell::maybe(p.organisation.country)),
            Column::new("role", |p| Cell::maybe(p.content.role)),
            Column::new("order", |p| Cell::maybe(p.content.order)),
            Column::of("period", "start", |p| start(p.content.period)),
            Column::of("period", "end", |p| end(p.content.period)),
            Column::new("ec_contribution", |p| amount(p.content.ec_contribution)),
            Column::of("ec_contribution", "ec_contribution_currency", |p| {
                currency(p.content.ec_contribution)
            }),
            Column::new("net_ec_contribution", |p| amount(p.content.net_ec_contribution)),
            Column::of("net_ec_contribution", "net_ec_contribution_currency", |p| {
                currency(p.content.net_ec_contribution)
            }),
            Column::new("total_cost", |p| amount(p.content.total_cost)),
            Column::of("total_cost", "total_cost_currency", |p| currency(p.content.total_cost)),
            Column::new("ended", |p| Cell::maybe(p.content.ended)),
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

    /// Organisation and project are shown too, and may change by themselves.
    fn modified(&self) -> Option<Timestamp> {
        None
    }
}
