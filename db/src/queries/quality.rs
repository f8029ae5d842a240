//! What is missing or looks wrong: each check is one condition, in SQL that both engines read
//! alike. Written out, since no two of them have a shape in common.

use super::{Conn, any, heavy};
use crate::error::Result;
use crate::types::{Id, Uid};
use consortia_domain::page::{Cursor, Page};
use consortia_domain::quality::QualityCheck;
use consortia_domain::role::Role;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::HashMap;
use uuid::Uuid;

/// The table a check looks at, called `r`, and the condition on its rows, in which `{leads}`
/// stands for "the role of participation `p` is to lead".
const fn condition(check: QualityCheck) -> (&'static str, &'static str) {
    match check {
        QualityCheck::NoCoordinator => (
            "projects",
            "EXISTS (SELECT 1 FROM participations p WHERE p.project_id = r.id) \
             AND NOT EXISTS (SELECT 1 FROM participations p \
                             WHERE p.project_id = r.id AND {leads})",
        ),
        QualityCheck::SeveralCoordinators => (
            "projects",
            "r.id IN (SELECT p.project_id FROM participations p WHERE {leads} \
                      GROUP BY p.project_id HAVING COUNT(DISTINCT p.organisation_id) > 1)",
        ),
        // Those who take part in activities or gain by them are not who carries out a project.
        QualityCheck::NoParticipant => (
            "projects",
            "NOT EXISTS (SELECT 1 FROM participations p WHERE p.project_id = r.id) \
             AND NOT EXISTS (SELECT 1 FROM project_facets f \
                             WHERE f.project_id = r.id AND f.facet = 'group_part' \
                             AND f.key IN ('partner', 'member', 'collaborator'))",
        ),
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
        // Rounding adds up; shares of several years are of each year's money.
        QualityCheck::SharesAboveWhole => (
            "projects",
            "r.id IN (SELECT f.project_id FROM project_fundings f \
                      WHERE f.share_hundredths IS NOT NULL \
                      GROUP BY f.project_id, f.year \
                      HAVING SUM(f.share_hundredths) > 10000 + COUNT(*))",
        ),
        // Acronyms are used again and again: those of which one source identifies each are not
        // the same.
        QualityCheck::SameTitle => (
            "projects",
            "r.id IN (\
               WITH same (id, key) AS (\
                 SELECT id, label_key FROM projects WHERE label_key IN (\
                   SELECT label_key FROM projects GROUP BY label_key HAVING COUNT(*) > 1) \
                 UNION ALL \
                 SELECT id, CAST(titles AS TEXT) FROM projects WHERE CAST(titles AS TEXT) IN (\
                   SELECT CAST(titles AS TEXT) FROM projects \
                   WHERE CAST(titles AS TEXT) <> '{}' \
                   GROUP BY CAST(titles AS TEXT) HAVING COUNT(*) > 1)), \
               sized AS (\
                 SELECT id, key, COUNT(*) OVER (PARTITION BY key) AS size FROM same) \
               SELECT id FROM sized WHERE key NOT IN (\
                 SELECT s.key FROM sized s \
                 JOIN project_external_ids x ON x.record_id = s.id \
                 GROUP BY s.key, s.size, x.scheme HAVING COUNT(DISTINCT s.id) = s.size))",
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
        QualityCheck::RepeatedParticipation => (
            "participations",
            "(r.project_id, r.organisation_id) IN (\
               SELECT project_id, organisation_id FROM participations \
               GROUP BY project_id, organisation_id HAVING COUNT(*) > 1) \
             AND EXISTS (SELECT 1 FROM participations p \
                         WHERE p.project_id = r.project_id \
                         AND p.organisation_id = r.organisation_id \
                         AND COALESCE(p.role, '') = COALESCE(r.role, '') \
                         AND (p.created_at, p.id) < (r.created_at, r.id) \
                         AND NOT COALESCE(p.ends_latest < r.starts_earliest \
                                          OR r.ends_latest < p.starts_earliest, 1 = 0))",
        ),
        QualityCheck::SameName => (
            "organisations",
            "EXISTS (SELECT 1 FROM organisations o \
                     WHERE o.label_key = r.label_key AND o.id <> r.id \
                     AND o.country = r.country)",
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

/// Selects `what` of the rows a check finds.
fn select(what: &str, check: QualityCheck) -> String {
    let (table, condition) = condition(check);
    let leading: Vec<String> = Role::leading().map(|role| format!("'{}'", role.code())).collect();
    let condition = condition.replace("{leads}", &format!("p.role IN ({})", leading.join(", ")));
    format!("SELECT {what} FROM {table} r WHERE ({condition})")
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

pub(crate) fn count(c: &mut Conn, check: QualityCheck) -> Result<u64> {
    let Count { found } = diesel::sql_query(select("COUNT(*) AS found", check)).get_result(c)?;
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
    let sql = format!("{} AND r.id > $1 ORDER BY r.id LIMIT $2", select("r.id", check));
    let mut rows: Vec<Found> = diesel::sql_query(sql)
        .bind::<Uid, _>(Id(after.unwrap_or_default()))
        .bind::<BigInt, _>(i64::from(limit) + 1)
        .load(c)?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|last| Cursor { fingerprint, values: Vec::new(), id: last.id.0 });
    let ids: Vec<Id> = rows.into_iter().map(|row| row.id).collect();
    let mut labels: HashMap<Uuid, String> = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(heavy::at_a_time(c)?) {
        let records = any::load(c, check.entity(), ids)?;
        labels.extend(records.iter().map(|record| (record.id(), record.label())));
    }
    let labelled = |id: Id| Some((id.0, labels.get(&id.0)?.clone()));
    let data = ids.into_iter().filter_map(labelled).collect();
    Ok(Page { data, next, total: count(c, check)?, corrections: Vec::new() })
}
