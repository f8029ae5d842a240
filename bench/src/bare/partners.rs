//! The partners of an organisation, by one statement that both engines take as it is.

use super::records::{Id, Money, OrganisationRef, Page, PageInfo};
use consortia_domain::role::Role;
use rusqlite::{Connection, Result, Row};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// `$1` is the organisation, `$2` the number of rows.
pub(crate) const STATEMENT: &str = "\
WITH own AS (
  SELECT project_id, string_agg(role, ',') AS roles
  FROM participations WHERE organisation_id = $1 GROUP BY project_id
), sizes AS (
  SELECT project_id, count(DISTINCT organisation_id) AS organisations
  FROM participations WHERE project_id IN (SELECT project_id FROM own) GROUP BY project_id
), shared AS (
  SELECT p.organisation_id, p.project_id, string_agg(p.role, ',') AS roles,
    sum(p.ec_contribution_minor) AS minor, count(p.ec_contribution_minor) AS known,
    count(*) AS participations
  FROM own JOIN participations p ON p.project_id = own.project_id
  WHERE p.organisation_id <> $1 GROUP BY p.organisation_id, p.project_id
)
SELECT o.id, o.label, o.short_name, o.country, count(*) AS shared_projects,
  sum(CAST(1 AS double precision) / (sizes.organisations - 1)), string_agg(shared.roles, ','),
  string_agg(own.roles, ','), CAST(min(projects.starts_earliest) AS text),
  CAST(max(projects.ends_latest) AS text), CAST(sum(shared.minor) AS bigint),
  CAST(sum(shared.known) AS bigint), CAST(sum(shared.participations) AS bigint),
  count(*) OVER ()
FROM shared
JOIN own ON own.project_id = shared.project_id
JOIN sizes ON sizes.project_id = shared.project_id
JOIN projects ON projects.id = shared.project_id
JOIN organisations o ON o.id = shared.organisation_id
GROUP BY o.id, o.label, o.label_key, o.short_name, o.country
ORDER BY count(*) DESC, o.label_key, o.id
LIMIT $2";

#[derive(Debug, Serialize)]
pub(super) struct Partner {
    organisation: OrganisationRef,
    shared_projects: i64,
    fractional_weight: f64,
    roles: Vec<Role>,
    own_roles: Vec<Role>,
    first_year: Option<i32>,
    last_year: Option<i32>,
    ec_contribution: Value,
}

/// The first partners of an organisation.
pub(super) fn list(connection: &Connection, id: Uuid, limit: usize) -> Result<Page<Partner>> {
    let mut statement = connection.prepare_cached(STATEMENT)?;
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut total = 0;
    let data = statement
        .query_map((id.as_bytes(), rows), |row| {
            total = row.get(13)?;
            partner(row)
        })?
        .collect::<Result<Vec<_>>>()?;
    let next = data.last().map(|last| last.organisation.id.0.to_string());
    Ok(Page { data, page: PageInfo { next, limit, total } })
}

fn partner(row: &Row<'_>) -> Result<Partner> {
    let id: Id = row.get(0)?;
    let (label, short_name, country) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let minor: Option<i64> = row.get(10)?;
    // The data is all in euro.
    let amounts: Vec<Money> =
        minor.map(|minor| Money::of(minor, "EUR".to_owned())).into_iter().collect();
    let (known, of): (i64, i64) = (row.get(11)?, row.get(12)?);
    Ok(Partner {
        organisation: OrganisationRef { id, label, short_name, country },
        shared_projects: row.get(4)?,
        fractional_weight: row.get(5)?,
        roles: roles(row, 6)?,
        own_roles: roles(row, 7)?,
        first_year: year(row, 8)?,
        last_year: year(row, 9)?,
        ec_contribution: json!({ "amounts": amounts, "known": known, "of": of }),
    })
}

/// The different roles of a list, in the order of the vocabulary.
fn roles(row: &Row<'_>, at: usize) -> Result<Vec<Role>> {
    let given: Option<String> = row.get(at)?;
    let given = given.unwrap_or_default();
    let named: Vec<&str> = given.split(',').collect();
    Ok(Role::ALL.iter().copied().filter(|role| named.contains(&role.code())).collect())
}

fn year(row: &Row<'_>, at: usize) -> Result<Option<i32>> {
    let day: Option<String> = row.get(at)?;
    Ok(day.and_then(|day| day.get(..4)?.parse().ok()))
}
