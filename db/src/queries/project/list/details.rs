//! Conditions on what projects are found by besides their columns.

use super::super::facets::Facet;
use super::{Is, Query};
use crate::filters::choose;
use crate::schema::{project_facets, projects};
use crate::types::Id;
use consortia_domain::country::Country;
use consortia_domain::filter::Conditions;
use consortia_domain::project::ProjectFilter;
use consortia_domain::text::{Line, search_key};
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Whether a project has any value of one of these facets.
macro_rules! has_any {
    ($codes:expr) => {
        exists(
            project_facets::table
                .filter(project_facets::project_id.eq(projects::id))
                .filter(project_facets::facet.eq_any($codes)),
        )
    };
}

pub(super) fn details<'a>(mut query: Query<'a>, filter: &ProjectFilter) -> Query<'a> {
    let folded = |line: &Line| search_key(line.as_str());
    query = one_of(query, &[Facet::TargetGroup], &filter.target_group, folded);
    let places = [Facet::ActionPlace, Facet::TargetPlace];
    query = one_of(query, &places, &filter.place, folded);
    let code = |country: &Country| country.code().to_owned();
    query = one_of(query, &[Facet::ActionCountry], &filter.action_country, code);
    query = one_of(query, &[Facet::TargetCountry], &filter.target_country, code);
    query = one_of(query, &[Facet::GroupPart], &filter.group, |part| part.code().to_owned());
    acts_in(query, filter)
}

/// The projects that a key of one of these facets satisfies.
fn one_of<'a, T>(
    mut query: Query<'a>,
    facets: &[Facet],
    conditions: &Conditions<T>,
    key: impl Fn(&T) -> String,
) -> Query<'a> {
    use project_facets as f;
    for condition in conditions {
        let codes: Vec<&str> = facets.iter().map(|facet| facet.code()).collect();
        let keys: Vec<String> = condition.values.iter().map(&key).collect();
        choose!(query, condition,
            matches: projects::id.eq_any(
                f::table
                    .filter(f::facet.eq_any(codes.clone()))
                    .filter(f::key.eq_any(keys))
                    .select(f::project_id),
            ),
            known: has_any!(codes),
        );
    }
    query
}

/// The projects that act in regions; a code stands for every code that begins with it.
fn acts_in<'a>(mut query: Query<'a>, filter: &ProjectFilter) -> Query<'a> {
    use project_facets as f;
    let facet = Facet::ActionNuts.code();
    for condition in &filter.action_nuts {
        let mut matches: Is = Box::new(sql::<Bool>("1 = 0"));
        for nuts in &condition.values {
            // Behind every digit and capital letter a code may go on with.
            let (from, to) = (nuts.to_string(), format!("{nuts}a"));
            let begins = projects::id.eq_any(
                f::table
                    .filter(f::facet.eq(facet))
                    .filter(f::key.between(from, to))
                    .select(f::project_id),
            );
            matches = Box::new(matches.or(begins));
        }
        choose!(query, condition, matches: matches, known: has_any!([facet]));
    }
    query
}

/// The projects of an acronym or alias.
pub(super) fn named<'a>(
    mut query: Query<'a>,
    filter: &ProjectFilter,
    aliased: &[Vec<Id>],
) -> Query<'a> {
    use projects::acronym_key;
    for (condition, aliased) in filter.acronym.iter().zip(aliased) {
        let keys: Vec<_> = condition.values.iter().map(|name| search_key(name.as_str())).collect();
        let own = acronym_key.is_not_null().and(acronym_key.assume_not_null().eq_any(keys));
        // Aliases are rare; without one the index on acronyms finds all.
        let matches: Is = if aliased.is_empty() {
            Box::new(own)
        } else {
            Box::new(own.or(projects::id.eq_any(aliased.clone())))
        };
        choose!(query, condition,
            matches: matches,
            known: acronym_key.is_not_null().or(has_any!([Facet::Alias.code()])),
        );
    }
    query
}
