//! Partners: counted by the database, put in order here.
//!
//! An organisation has some thousand partners at most, and ordering by a count means
//! counting them all, so a page is cut from the whole list: totals are exact, and both
//! engines order alike.

use super::lookup::organisation as lookup;
use super::{Backend, Conn, organisation, programme, search};
use crate::error::{Error, Result};
use crate::filters::looked_up;
use crate::schema::{organisations, participations, project_fundings, projects};
use crate::search::foreign_cursor;
use crate::types::{Id, Uid};
use chrono::{Datelike, NaiveDate};
use consortia_domain::country::Country;
use consortia_domain::filter::{Condition, Conditions};
use consortia_domain::id::EntityKind;
use consortia_domain::id::RecordRef;
use consortia_domain::page::{Correction, CursorValue, ListRequest, Page, SortKey};
use consortia_domain::partner::{Partner, PartnerCountry, PartnerFilter, PartnerSummary};
use consortia_domain::role::Role;
use diesel::dsl::{count, max, min};
use diesel::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A partner with what lists are sorted by.
struct Found {
    partner: Partner,
    label_key: String,
}

pub(crate) fn list(
    c: &mut Conn,
    wanted: &RecordRef,
    request: &ListRequest<PartnerFilter>,
) -> Result<(PartnerSummary, Page<Partner>)> {
    let id = lookup::resolve(c, wanted)?;
    let all = partners(c, id)?;
    let summary = summary(c, id, &all)?;
    let (kept, corrections) = filtered(c, id, request, all)?;
    Ok((summary, page(request, kept, corrections)?))
}

/// A partner's shared projects: how many, the first start, the last end.
type Count = (Id, i64, Option<NaiveDate>, Option<NaiveDate>);

/// A partner's short form and its folded label.
type Row = (Id, String, Option<String>, Option<String>, String);

/// The projects of an organisation.
fn projects_of<'a>(id: Id) -> participations::BoxedQuery<'a, Backend, Uid> {
    participations::table
        .filter(participations::organisation_id.eq(id))
        .select(participations::project_id)
        .into_boxed()
}

fn partners(c: &mut Conn, id: Id) -> Result<Vec<Found>> {
    let counts: Vec<Count> = participations::table
        .inner_join(projects::table)
        .filter(participations::project_id.eq_any(projects_of(id)))
        .filter(participations::organisation_id.ne(id))
        .group_by(participations::organisation_id)
        .select((
            participations::organisation_id,
            count(participations::project_id).aggregate_distinct(),
            min(projects::starts_earliest),
            max(projects::ends_latest),
        ))
        .load(c)?;
    let mut counts: HashMap<Id, Count> = counts.into_iter().map(|count| (count.0, count)).collect();
    let beside = participations::table
        .filter(participations::project_id.eq_any(projects_of(id)))
        .select(participations::organisation_id);
    let rows: Vec<Row> = organisations::table
        .filter(organisations::id.eq_any(beside))
        .select((
            organisations::id,
            organisations::label,
            organisations::short_name,
            organisations::country,
            organisations::label_key,
        ))
        .load(c)?;
    let mut found = Vec::with_capacity(counts.len());
    for (id, label, short_name, country, label_key) in rows {
        // The organisation itself is beside its partners, and has no count.
        let Some((_, shared, first, last)) = counts.remove(&id) else { continue };
        let partner = Partner {
            organisation: organisation::reference((id, label, short_name, country))?,
            shared_projects: shared.unsigned_abs(),
            first_year: first.map(|day| day.year()),
            last_year: last.map(|day| day.year()),
        };
        found.push(Found { partner, label_key });
    }
    Ok(found)
}

fn summary(c: &mut Conn, id: Id, partners: &[Found]) -> Result<PartnerSummary> {
    let projects: i64 = participations::table
        .filter(participations::organisation_id.eq(id))
        .select(count(participations::project_id).aggregate_distinct())
        .first(c)?;
    let mut own = organisation::references(c, &[id.0.into()])?;
    let Some(organisation) = own.remove(&id.0.into()) else {
        return Err(Error::internal("an organisation vanished from a snapshot"));
    };
    let mut countries: BTreeMap<Option<Country>, u64> = BTreeMap::new();
    for found in partners {
        *countries.entry(found.partner.organisation.country).or_default() += 1;
    }
    let known = countries.keys().flatten().count();
    let mut by_country: Vec<PartnerCountry> = countries
        .into_iter()
        .map(|(country, partners)| PartnerCountry { country, partners })
        .collect();
    // Stable: countries with equally many stay in order of code, the unknown last.
    by_country.sort_by_key(|of| (std::cmp::Reverse(of.partners), of.country.is_none(), of.country));
    Ok(PartnerSummary {
        organisation,
        projects: projects.unsigned_abs(),
        partners: partners.len() as u64,
        countries: known as u64,
        by_country,
    })
}

/// The partners a request asks for, and the words of its search that were mended.
fn filtered(
    c: &mut Conn,
    id: Id,
    request: &ListRequest<PartnerFilter>,
    mut partners: Vec<Found>,
) -> Result<(Vec<Found>, Vec<Correction>)> {
    let filter = &request.filter;
    for condition in &filter.country {
        partners.retain(|found| {
            let country = found.partner.organisation.country;
            passes(condition, country.as_slice())
        });
    }
    let today = super::rows::today();
    for condition in &filter.country_group {
        let members: HashSet<Country> =
            condition.values.iter().flat_map(|group| group.members(today)).collect();
        partners.retain(|found| {
            let country = found.partner.organisation.country;
            let inside = country.is_some_and(|country| members.contains(&country));
            (inside || (condition.unknown && country.is_none())) != condition.negated
        });
    }
    if !filter.role.is_empty() {
        let roles = roles(c, id)?;
        for condition in &filter.role {
            partners.retain(|found| passes(condition, of(&roles, found)));
        }
    }
    if !filter.programme.is_empty() {
        let conditions: Conditions<Id> =
            looked_up(&filter.programme, |key| programme::within(c, key))?;
        let programmes = programmes(c, id)?;
        for condition in &conditions {
            partners.retain(|found| passes(condition, of(&programmes, found)));
        }
    }
    let Some(query) = &request.search else { return Ok((partners, Vec::new())) };
    let plan = search::plan(c, EntityKind::Organisation, query)?;
    let matching: Vec<Id> = search::matching(&plan).load(c)?;
    let matching: HashSet<Uuid> = matching.into_iter().map(|id| id.0).collect();
    partners.retain(|found| matching.contains(&found.partner.organisation.id.into()));
    Ok((partners, plan.corrections))
}

/// Whether a partner that is known to have `values` satisfies a condition.
fn passes<T: PartialEq>(condition: &Condition<T>, values: &[T]) -> bool {
    let any = values.iter().any(|value| condition.values.contains(value));
    (any || (condition.unknown && values.is_empty())) != condition.negated
}

fn of<'a, T>(known: &'a HashMap<Uuid, Vec<T>>, found: &Found) -> &'a [T] {
    known.get(&found.partner.organisation.id.into()).map_or(&[], Vec::as_slice)
}

/// The known roles of everyone in an organisation's projects.
fn roles(c: &mut Conn, id: Id) -> Result<HashMap<Uuid, Vec<Role>>> {
    let rows: Vec<(Id, Option<String>)> = participations::table
        .filter(participations::project_id.eq_any(projects_of(id)))
        .filter(participations::role.is_not_null())
        .select((participations::organisation_id, participations::role))
        .distinct()
        .load(c)?;
    let mut roles: HashMap<Uuid, Vec<Role>> = HashMap::new();
    for (id, role) in rows {
        let role: Option<Role> = super::rows::parse_opt(role.as_deref())?;
        roles.entry(id.0).or_default().extend(role);
    }
    Ok(roles)
}

/// The programmes that fund projects of an organisation, by who else is in these.
fn programmes(c: &mut Conn, id: Id) -> Result<HashMap<Uuid, Vec<Id>>> {
    let rows: Vec<(Id, Option<Id>)> = participations::table
        .inner_join(
            project_fundings::table.on(project_fundings::project_id.eq(participations::project_id)),
        )
        .filter(participations::project_id.eq_any(projects_of(id)))
        .filter(project_fundings::programme_id.is_not_null())
        .select((participations::organisation_id, project_fundings::programme_id))
        .distinct()
        .load(c)?;
    let mut programmes: HashMap<Uuid, Vec<Id>> = HashMap::new();
    for (id, programme) in rows {
        programmes.entry(id.0).or_default().extend(programme);
    }
    Ok(programmes)
}

/// The order when none is asked for.
const BY_IMPORTANCE: [SortKey; 2] = [
    SortKey { name: "shared_projects", descending: true },
    SortKey { name: "label", descending: false },
];

fn page(
    request: &ListRequest<PartnerFilter>,
    partners: Vec<Found>,
    corrections: Vec<Correction>,
) -> Result<Page<Partner>> {
    let keys: &[SortKey] = if request.sort.is_empty() { &BY_IMPORTANCE } else { &request.sort };
    if request.cursor.as_ref().is_some_and(|cursor| !fits(keys, &cursor.values)) {
        return Err(foreign_cursor());
    }
    let total = partners.len() as u64;
    let mut places: Vec<(Vec<CursorValue>, Uuid, Partner)> = partners
        .into_iter()
        .map(|found| {
            let values = keys.iter().map(|key| value(&found, key.name)).collect();
            (values, found.partner.organisation.id.into(), found.partner)
        })
        .collect();
    if let Some(cursor) = &request.cursor {
        places.retain(|(values, id, _)| {
            behind(keys, (values, *id), (&cursor.values, cursor.id)) == Ordering::Greater
        });
    }
    places.sort_by(|(a, a_id, _), (b, b_id, _)| behind(keys, (a, *a_id), (b, *b_id)));
    let more = places.len() > request.limit as usize;
    places.truncate(request.limit as usize);
    let last = places.last().filter(|_| more);
    let next = last.map(|(values, id, _)| request.cursor_after(values.clone(), *id));
    let data = places.into_iter().map(|(_, _, partner)| partner).collect();
    Ok(Page { data, next, total, corrections })
}

fn value(found: &Found, name: &str) -> CursorValue {
    let partner = &found.partner;
    let year =
        |year: Option<i32>| year.map_or(CursorValue::Null, |y| CursorValue::Integer(y.into()));
    match name {
        "shared_projects" => {
            CursorValue::Integer(i64::try_from(partner.shared_projects).unwrap_or(i64::MAX))
        }
        "label" => CursorValue::Text(found.label_key.clone()),
        "first_year" => year(partner.first_year),
        "last_year" => year(partner.last_year),
        _ => {
            let country = partner.organisation.country;
            country.map_or(CursorValue::Null, |country| CursorValue::Text(country.to_string()))
        }
    }
}

/// Whether a cursor with these values can have been made for these keys.
fn fits(keys: &[SortKey], values: &[CursorValue]) -> bool {
    let fit = |(key, value): (&SortKey, &CursorValue)| match value {
        CursorValue::Text(_) => matches!(key.name, "label" | "country"),
        CursorValue::Integer(_) => !matches!(key.name, "label" | "country"),
        CursorValue::Null => !matches!(key.name, "label" | "shared_projects"),
        CursorValue::Date(_) | CursorValue::Instant(_) => false,
    };
    keys.len() == values.len() && keys.iter().zip(values).all(fit)
}

/// Which of two places comes later: by the keys, the unknown last, then by id.
fn behind(
    keys: &[SortKey],
    (a, a_id): (&[CursorValue], Uuid),
    (b, b_id): (&[CursorValue], Uuid),
) -> Ordering {
    for (key, (a, b)) in keys.iter().zip(a.iter().zip(b)) {
        let known = match (a, b) {
            (CursorValue::Integer(a), CursorValue::Integer(b)) => a.cmp(b),
            (CursorValue::Text(a), CursorValue::Text(b)) => a.cmp(b),
            (CursorValue::Null, CursorValue::Null) => Ordering::Equal,
            (CursorValue::Null, _) => return Ordering::Greater,
            (_, _) => return Ordering::Less,
        };
        let ordered = if key.descending { known.reverse() } else { known };
        if ordered != Ordering::Equal {
            return ordered;
        }
    }
    a_id.cmp(&b_id)
}
