//! Conditions on who pays for projects, and from what.

use super::super::super::{Conn, lookup, programme};
use super::{Found, Is, Query};
use crate::error::Result;
use crate::filters::{Purpose, among, choose, looked_up};
use crate::schema::{project_fundings, projects};
use crate::types::Id;
use consortia_domain::filter::{Condition, Conditions};
use consortia_domain::id::RecordRef;
use consortia_domain::project::ProjectFilter;
use consortia_domain::text::search_key;
use diesel::dsl::exists;
use diesel::prelude::*;
use std::collections::HashMap;

/// The funders asked for, and what programmes say where a funding itself names none.
pub(super) struct Payers {
    wanted: Conditions<Id>,
    /// Of each programme with funders, those it or the nearest programme above it names.
    of_programmes: HashMap<Id, Vec<Id>>,
}

impl Payers {
    /// Looks up the organisations meant; programmes only where any are asked for.
    pub(super) fn look_up(c: &mut Conn, filter: &Conditions<RecordRef>) -> Result<Self> {
        let wanted = looked_up(filter, |wanted| lookup::organisation::all(c, wanted))?;
        let of_programmes =
            if wanted.0.is_empty() { HashMap::new() } else { programme::nearest_funders(c)? };
        Ok(Self { wanted, of_programmes })
    }

    /// Each condition, with the programmes that one of its organisations funds.
    fn conditions(&self) -> impl Iterator<Item = (&Condition<Id>, Vec<Id>)> {
        self.wanted.iter().map(|condition| {
            let funds = |funders: &[Id]| funders.iter().any(|id| condition.values.contains(id));
            let funded = self.of_programmes.iter().filter(|(_, funders)| funds(funders));
            (condition, funded.map(|(programme, _)| *programme).collect())
        })
    }

    /// The programmes of which any funder is known.
    fn naming(&self) -> Vec<Id> {
        self.of_programmes.keys().copied().collect()
    }
}

/// The projects with a funding as the filter asks.
pub(super) fn fundings<'a>(
    mut query: Query<'a>,
    filter: &ProjectFilter,
    found: &Found,
    purpose: Purpose,
) -> Query<'a> {
    use project_fundings as f;
    let paid = || f::table.filter(f::project_id.eq(projects::id));
    for condition in &found.programme {
        choose!(query, condition,
            matches: among!(purpose, Is, projects::id, f::project_id,
                f::table.filter(f::programme_id.eq_any(condition.values.clone())),
            ),
            known: exists(paid().filter(f::programme_id.is_not_null())),
        );
    }
    for condition in &found.call {
        choose!(query, condition,
            matches: projects::id.eq_any(
                f::table
                    .filter(f::call_id.eq_any(condition.values.clone()))
                    .select(f::project_id),
            ),
            known: exists(paid().filter(f::call_id.is_not_null())),
        );
    }
    for condition in &filter.funding_year {
        let years: Vec<i32> = condition.values.iter().map(|year| year.number().into()).collect();
        choose!(query, condition,
            matches: projects::id.eq_any(
                f::table.filter(f::year.eq_any(years)).select(f::project_id),
            ),
            known: exists(paid().filter(f::year.is_not_null())),
        );
    }
    for (condition, programmes) in found.payers.conditions() {
        let stands_in = f::funder_id.is_null().and(f::programme_id.eq_any(programmes));
        choose!(query, condition,
            matches: among!(purpose, Is, projects::id, f::project_id,
                f::table.filter(f::funder_id.eq_any(condition.values.clone()).or(stands_in)),
            ),
            known: exists(paid().filter(
                f::funder_id.is_not_null().or(f::programme_id.eq_any(found.payers.naming())),
            )),
        );
    }
    for condition in &filter.type_of_action {
        let wanted: Vec<_> =
            condition.values.iter().map(|code| search_key(code.as_str())).collect();
        choose!(query, condition,
            matches: among!(purpose, Is, projects::id, f::project_id,
                f::table.filter(f::type_of_action_key.eq_any(wanted)),
            ),
            known: exists(paid().filter(f::type_of_action_key.is_not_null())),
        );
    }
    for condition in &filter.funding_kind {
        let wanted: Vec<_> = condition.values.iter().map(|kind| kind.code()).collect();
        choose!(query, condition,
            matches: among!(purpose, Is, projects::id, f::project_id,
                f::table.filter(f::kind.eq_any(wanted)),
            ),
            known: exists(paid()),
        );
    }
    query
}
