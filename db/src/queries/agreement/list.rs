//! Lists of agreements: of one organisation, between several, or all.

use super::super::keyset::{Keyset, SortColumn, SortType, paged};
use super::super::rows::naive;
use super::super::{Backend, Conn, lookup, search};
use super::{KIND, Row, TARGET_GROUP, TERRITORY_COUNTRY, complete};
use crate::error::Result;
use crate::filters::{choose, looked_up, range, scalar};
use crate::schema::{agreement_facets, agreement_parties, agreements};
use crate::totals::Totals;
use crate::types::Id;
use consortia_domain::agreement::{Agreement, AgreementFilter};
use consortia_domain::filter::{Condition, Conditions};
use consortia_domain::id::EntityKind;
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::text::search_key;
use diesel::dsl::{IntoBoxed, exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

type Query<'a> = IntoBoxed<'a, agreements::table, Backend>;
type Is = Box<dyn BoxableExpression<agreements::table, Backend, SqlType = Bool>>;

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "label" => Some(SortColumn("agreements.label_key", SortType::Text, false)),
        "signed" => Some(SortColumn("agreements.signed_earliest", SortType::Date, true)),
        "created_at" => Some(SortColumn("agreements.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("agreements.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "label" => CursorValue::Text(row.label_key.clone()),
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => row.signed_earliest.map_or(CursorValue::Null, CursorValue::Date),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<AgreementFilter>,
) -> Result<Page<Agreement>> {
    let keyset = Keyset::new(request, "agreements.id", column)?;
    let party = looked_up(&request.filter.party, |wanted| lookup::organisation::all(c, wanted))?;
    let plans = match &request.search {
        None => None,
        Some(query) => {
            Some((search::plan(c, KIND, query)?, search::plan(c, EntityKind::Organisation, query)?))
        }
    };
    let chosen = || {
        let query = filtered(&request.filter, &party);
        match &plans {
            None => query,
            // What is searched are its own texts, and the names of its parties.
            Some((own, organisation)) => query.filter(
                agreements::id.eq_any(search::matching(own)).or(exists(parties().filter(
                    agreement_parties::organisation_id.eq_any(search::matching(organisation)),
                ))),
            ),
        }
    };
    let mut page = paged!(c, totals, request, keyset, chosen);
    if let Some((own, organisation)) = plans {
        page.corrections = own.corrections;
        page.corrections.extend(organisation.corrections);
    }
    Ok(page)
}

/// The parties of the agreement looked at.
#[diesel::dsl::auto_type]
fn parties() -> _ {
    agreement_parties::table.filter(agreement_parties::agreement_id.eq(agreements::id))
}

/// The agreements a filter lets through.
fn filtered<'a>(filter: &AgreementFilter, party: &Conditions<Id>) -> Query<'a> {
    use agreements as a;
    let mut query = a::table.into_boxed::<Backend>();
    scalar!(query, a::kind, &filter.kind, |kind| kind.code());
    for condition in party {
        choose!(query, condition,
            matches: exists(parties().filter(
                agreement_parties::organisation_id.eq_any(condition.values.clone()),
            )),
            known: a::id.eq(a::id),
        );
    }
    for condition in &filter.signed {
        // A date known to the month or year may be any day of it.
        let never: Is = Box::new(sql::<Bool>("1 = 0"));
        let may_be = condition.values.iter().fold(never, |others, date| {
            let (first, last) = (a::signed_earliest, a::signed_latest);
            let in_time = first.assume_not_null().le(date.latest());
            let late_enough = last.assume_not_null().ge(date.earliest());
            Box::new(others.or(first.is_not_null().and(in_time).and(late_enough)))
        });
        choose!(query, condition, matches: may_be, known: a::signed_earliest.is_not_null());
    }
    let groups = filter.target_group.iter();
    query = by_facet(query, TARGET_GROUP, groups.map(|of| keys(of, |of| search_key(of.as_str()))));
    let countries = filter.territory_country.iter();
    query = by_facet(
        query,
        TERRITORY_COUNTRY,
        countries.map(|of| keys(of, |country| country.code().to_owned())),
    );
    range!(query, filter.signed_on,
        from: a::signed_latest, to: a::signed_earliest, |day| day);
    if let Some(from) = filter.active.from {
        let may_go_on = a::ends_latest.is_null();
        query = query.filter(may_go_on.or(a::ends_latest.assume_not_null().ge(from)));
    }
    if let Some(to) = filter.active.to {
        let may_have_begun = a::starts_earliest.is_null();
        query = query.filter(may_have_begun.or(a::starts_earliest.assume_not_null().le(to)));
    }
    range!(query, filter.updated_at, from: a::updated_at, to: a::updated_at, |at| naive(at));
    query
}

/// A condition on values as one on the keys of their facet.
fn keys<T>(condition: &Condition<T>, key: impl Fn(&T) -> String) -> Condition<String> {
    let Condition { negated, values, unknown } = condition;
    let values = values.iter().map(key).collect();
    Condition { negated: *negated, values, unknown: *unknown }
}

/// Adds conditions on what an agreement is found by.
fn by_facet<'a>(
    mut query: Query<'a>,
    facet: &'static str,
    conditions: impl Iterator<Item = Condition<String>>,
) -> Query<'a> {
    use agreement_facets as f;
    let of = || f::table.filter(f::agreement_id.eq(agreements::id)).filter(f::facet.eq(facet));
    for condition in conditions {
        choose!(query, condition,
            matches: exists(of().filter(f::key.eq_any(condition.values.clone()))),
            known: exists(of()),
        );
    }
    query
}
