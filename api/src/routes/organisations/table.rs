//! Organisations as the API shows them.

use crate::respond::cells::{external_ids, instant};
use crate::respond::{Cell, Column, DescribedFilter, RangeOf, Resource};
use consortia_domain::organisation::{NameKind, Organisation, OrganisationFilter};
use consortia_domain::record::Stamp;

impl DescribedFilter for OrganisationFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[("updated_at", RangeOf::Instants)];
}

impl Resource for Organisation {
    const PATH: &'static str = "organisations";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "label",
        "names",
        "country",
        "place",
        "type",
        "kind",
        "sector",
        "legal_form",
        "sme",
        "homepage",
        "founded",
        "parent_id",
        "groups",
        "external_ids",
        "status",
        "version",
        "created_at",
        "updated_at",
    ];
    const INCLUDES: &'static [&'static str] = &["sources"];
    const SEARCH_EXAMPLE: &'static str = "ismu";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |o| Cell::plain(o.id)),
            Column::new("label", |o| Cell::text(&o.label)),
            Column::of("names", "short_name", |o| {
                Cell::maybe_text(o.content.name(NameKind::Short))
            }),
            Column::of("names", "all_names", |o| {
                Cell::list(o.content.names.iter().map(|name| &name.value))
            }),
            Column::new("country", |o| Cell::maybe(o.content.country)),
            Column::of("place", "city", |o| {
                Cell::maybe_text(o.content.place.as_ref().and_then(|place| place.city.as_ref()))
            }),
            Column::of("place", "postcode", |o| {
                Cell::maybe_text(o.content.place.as_ref().and_then(|place| place.postcode.as_ref()))
            }),
            Column::of("place", "nuts", |o| {
                Cell::maybe(o.content.place.as_ref().and_then(|place| place.nuts.as_ref()))
            }),
            Column::of("place", "latitude", |o| {
                let place = o.content.place.as_ref().and_then(|place| place.coordinates);
                Cell::maybe(place.map(|coordinates| coordinates.latitude))
            }),
            Column::of("place", "longitude", |o| {
                let place = o.content.place.as_ref().and_then(|place| place.coordinates);
                Cell::maybe(place.map(|coordinates| coordinates.longitude))
            }),
            Column::new("type", |o| Cell::maybe(o.content.r#type)),
            Column::new("kind", |o| Cell::maybe(o.content.kind)),
            Column::new("sector", |o| Cell::maybe(o.content.sector)),
            Column::new("legal_form", |o| Cell::maybe_text(o.content.legal_form.as_ref())),
            Column::new("sme", |o| Cell::maybe(o.content.sme)),
            Column::new("homepage", |o| Cell::maybe_text(o.content.homepage.as_ref())),
            Column::new("founded", |o| Cell::maybe(o.content.founded)),
            Column::new("parent_id", |o| Cell::maybe(o.content.parent_id)),
            Column::new("external_ids", |o| external_ids(&o.content.external_ids)),
            Column::new("status", |o| Cell::maybe(o.content.status)),
            Column::new("version", |o| Cell::plain(o.stamp.version)),
            Column::new("updated_at", |o| instant(o.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }
}
