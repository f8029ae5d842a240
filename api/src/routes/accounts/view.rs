//! Accounts as lists show them.

use crate::respond::cells::instant;
use crate::respond::{Cell, Column, Resource};
use crate::routes::revisions::PagedQuery;
use consortia_domain::account::Account;
use consortia_domain::record::Stamp;

impl Resource for Account {
    const PATH: &'static str = "accounts";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "issuer",
        "name",
        "role",
        "organisations",
        "disabled",
        "version",
        "created_at",
        "updated_at",
    ];
    const SEARCH_EXAMPLE: &'static str = "";
    const REUSABLE: bool = false;

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |a| Cell::plain(a.id)),
            Column::new("issuer", |a| Cell::maybe_text(a.issuer.as_ref())),
            Column::new("name", |a| Cell::text(&a.content.name)),
            Column::new("role", |a| Cell::plain(a.content.role)),
            Column::new("organisations", |a| {
                let ids: Vec<_> = a.content.organisations.iter().map(ToString::to_string).collect();
                Cell::plain(ids.join("; "))
            }),
            Column::new("disabled", |a| Cell::plain(a.content.disabled)),
            Column::new("version", |a| Cell::plain(a.stamp.version)),
            Column::new("created_at", |a| instant(a.stamp.created_at)),
            Column::new("updated_at", |a| instant(a.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }
}

/// What the list of accounts is asked for.
pub(super) type AccountListQuery = PagedQuery<Account>;
