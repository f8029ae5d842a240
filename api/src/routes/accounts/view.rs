//! Accounts as lists show them.

use crate::extract::Parameters;
use crate::respond::cells::instant;
use crate::respond::{Cell, Column, ListQuery, Resource};
use crate::routes::revisions::{NoFilter, paged, paged_params};
use consortia_domain::account::Account;
use consortia_domain::filter::QueryReader;
use consortia_domain::record::Stamp;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

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

/// What the list of accounts is asked for: a page, and how it is shown.
#[derive(Clone, Debug)]
pub(super) struct AccountListQuery(pub(super) ListQuery<Account, NoFilter>);

impl Parameters for AccountListQuery {
    fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self {
        Self(paged(query, pairs))
    }
}

impl IntoParams for AccountListQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        paged_params::<Account>(given_in)
    }
}
