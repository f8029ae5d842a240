//! What is missing or looks wrong: each check is one condition, in SQL that both engines read
//! alike. Written out, since no two of them have a shape in common.

use super::{Conn, any};
use crate::error::Result;
use crate::types::{Id, Uid};
use consortia_domain::page::{Cursor, Page};
use consortia_domain::quality::QualityCheck;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::HashMap;
use uuid::Uuid;

/// The table a check looks at, called `r`, and the condition on its rows.
const fn condition(check: QualityCheck) -> (&'static str, &'static str) {
    match check {
        QualityCheck::NoCoordinator => (
            "projects",
            "EXISTS (SELECT 1 FROM participations p WHERE p.project_id = r.id) \
             AND NOT EXISTS (SELECT 1 FROM participations p \
                             WHERE p.project_id = r.id AND p.role = 'coordinator')",
        ),
        QualityCheck::SeveralCoordinators => (
            "projects",
            "(SELECT COUNT(*) FROM participations p \
              WHERE p.project_id = r.id AND p.role = 'coordinator') > 1",
        ),
        QualityCheck::NoParticipant => {
            ("projects", "NOT EXISTS (SELECT 1 FROM participations p WHERE p.project_id = r.id)")
        }
        QualityCheck::NoTitle => {
            ("projects", "r.acronym IS NULL AND CAST(r.titles AS TEXT) = '{}'")
        }
        QualityCheck::NoDates => ("projects", "r.starts IS NULL AND r.ends IS NULL"),
        QualityCheck::FundingAboveCost => (
            "projects",
            "EXISTS (SELECT 1 FROM project_fundings f WHERE f.project_id = r.id \
                     AND f.amount_currency = r.total_cost_currency \
                     AND f.amount_minor > r.total_cost_minor)",
        ),
        QualityCheck::EndsBeforeProject => (
            "participations",
            "EXISTS (SELECT 1 FROM projects p WHERE p.id = r.project_id \
                     AND (r.ends_latest < p.starts_earliest OR r.starts_earliest > p.ends_latest))",
        ),
        QualityCheck::ContributionAboveCost => (
            "participations",
            "r.ec_contribution_currency = r.total_cost_currency \
             AND r.ec_contribution_minor > r.total_cost_minor",
        ),
        QualityCheck::NoName => ("organisations", "CAST(r.names AS TEXT) = '[]'"),
        QualityCheck::NoCountry => (
            "organisations",
            "r.country IS NULL \
             AND EXISTS (SELECT 1 FROM participations p WHERE p.organisation_id = r.id)",
        ),
        QualityCheck::CountryNamibia => ("organisations", "r.country = 'NA'"),
        // Folded text has lower-case letters only, so that what has none is the same in upper
        // case; of the signs that are left, digits are meant.
        QualityCheck::ShiftedRow => (
            "organisations",
            "r.city_key <> '' AND UPPER(r.city_key) = r.city_key \
             AND SUBSTR(r.city_key, 1, 1) BETWEEN '0' AND '9'",
        ),
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

pub(crate) fn count(c: &mut Conn, check: QualityCheck) -> Result<u64> {
    let (table, condition) = condition(check);
    let sql = format!("SELECT COUNT(*) AS found FROM {table} r WHERE {condition}");
    let Count { found } = diesel::sql_query(sql).get_result(c)?;
    Ok(found.unsigned_abs())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Uid)]
    id: Id,
}

pub(crate) fn list(
    c: &mut Conn,
    check: QualityCheck,
    after: Option<Uuid>,
    limit: u32,
    fingerprint: u64,
) -> Result<Page<(Uuid, String)>> {
    let (table, condition) = condition(check);
    let sql = format!(
        "SELECT r.id FROM {table} r WHERE r.id > $1 AND {condition} ORDER BY r.id LIMIT $2"
    );
    let mut rows: Vec<Found> = diesel::sql_query(sql)
        .bind::<Uid, _>(Id(after.unwrap_or_default()))
        .bind::<BigInt, _>(i64::from(limit) + 1)
        .load(c)?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|last| Cursor { fingerprint, values: Vec::new(), id: last.id.0 });
    let ids: Vec<Id> = rows.into_iter().map(|row| row.id).collect();
    let labels: HashMap<Uuid, String> = any::load(c, check.entity(), &ids)?
        .iter()
        .map(|record| (record.id(), record.label()))
        .collect();
    let labelled = |id: Id| Some((id.0, labels.get(&id.0)?.clone()));
    let data = ids.into_iter().filter_map(labelled).collect();
    Ok(Page { data, next, total: count(c, check)?, corrections: Vec::new() })
}
