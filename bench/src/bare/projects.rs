//! Projects: one with its participations, and a filtered list.

use super::records::{
    Details, ExternalId, Funding, Id, Money, OrganisationRef, Page, PageInfo, Participation,
    Period, Project, ProjectRef, Theme,
};
use rusqlite::types::Value;
use rusqlite::{Connection, Result, Row, ToSql, params_from_iter};
use serde_json::Number;
use std::collections::HashMap;
use uuid::Uuid;

const PROJECT: &str = "SELECT p.id, p.label, p.acronym, p.titles, p.abstract, p.starts, p.ends, \
    p.stated_status, p.total_cost_minor, p.total_cost_currency, p.homepage, p.version, \
    p.created_at, p.updated_at, p.ends_latest, p.starts_earliest, p.details FROM projects p";

/// Today, fixed for a run: the status of a project depends on it.
pub(super) fn today(connection: &Connection) -> Result<String> {
    connection.prepare_cached("SELECT date('now')")?.query_row([], |row| row.get(0))
}

fn project(row: &Row<'_>, today: &str) -> Result<Project> {
    let stated_status: Option<String> = row.get(7)?;
    let (ends, starts): (Option<String>, Option<String>) = (row.get(14)?, row.get(15)?);
    let status = stated_status.clone().or_else(|| {
        if ends.as_deref().is_some_and(|end| end < today) {
            Some("completed".to_owned())
        } else if starts.as_deref().is_some_and(|start| start > today) {
            Some("planned".to_owned())
        } else {
            (starts.is_some() && ends.is_some()).then(|| "ongoing".to_owned())
        }
    });
    let mut details = Details::read(row, 16)?;
    Ok(Project {
        id: row.get(0)?,
        label: row.get(1)?,
        acronym: row.get(2)?,
        aliases: details.list("aliases"),
        titles: row.get(3)?,
        r#abstract: row.get(4)?,
        period: Period::read(row, 5, 6)?,
        stated_status,
        total_cost: Money::read(row, 8)?,
        fundings: Vec::new(),
        keywords: Vec::new(),
        themes: Vec::new(),
        target_groups: details.list("target_groups"),
        territories: details.list("territories"),
        groups: details.list("groups"),
        activities: details.list("activities"),
        homepage: row.get(10)?,
        external_ids: Vec::new(),
        status,
        version: row.get(11)?,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
        participations: None,
    })
}

/// So many hundredths of a percent, in percent.
fn share(hundredths: Option<i64>) -> Option<Number> {
    let percent = |of: i64| {
        let text = format!("{}.{:02}", of / 100, of % 100);
        Number::from_string_unchecked(text.trim_end_matches('0').trim_end_matches('.').to_owned())
    };
    hundredths.map(percent)
}

/// The project `id` with its participations; `None` when there is none.
pub(super) fn one(connection: &Connection, id: Uuid) -> Result<Option<Project>> {
    let today = today(connection)?;
    let mut found = connection
        .prepare_cached(&format!("{PROJECT} WHERE p.id = ?1"))?
        .query_map([id.as_bytes()], |row| project(row, &today))?
        .collect::<Result<Vec<_>>>()?;
    complete(connection, &mut found)?;
    let Some(mut project) = found.pop() else { return Ok(None) };
    let reference = |project: &Project| ProjectRef {
        id: project.id,
        label: project.label.clone(),
        period: project.period.clone(),
    };
    let parts = connection
        .prepare_cached(
            "SELECT t.id, t.project_id, t.organisation_id, t.role, t.position, t.starts, t.ends, \
             t.ec_contribution_minor, t.ec_contribution_currency, t.net_ec_contribution_minor, \
             t.net_ec_contribution_currency, t.total_cost_minor, t.total_cost_currency, t.ended, \
             t.version, t.created_at, t.updated_at, o.label, o.short_name, o.country \
             FROM participations t JOIN organisations o ON o.id = t.organisation_id \
             WHERE t.project_id = ?1 ORDER BY t.position IS NULL, t.position, t.id",
        )?
        .query_map([id.as_bytes()], |row| {
            Ok(Participation {
                id: row.get(0)?,
                project_id: row.get(1)?,
                organisation_id: row.get(2)?,
                role: row.get(3)?,
                order: row.get(4)?,
                period: Period::read(row, 5, 6)?,
                ec_contribution: Money::read(row, 7)?,
                net_ec_contribution: Money::read(row, 9)?,
                total_cost: Money::read(row, 11)?,
                ended: row.get(13)?,
                organisation: OrganisationRef {
                    id: row.get(2)?,
                    label: row.get(17)?,
                    short_name: row.get(18)?,
                    country: row.get(19)?,
                },
                project: reference(&project),
                version: row.get(14)?,
                created_at: row.get(15)?,
                updated_at: row.get(16)?,
            })
        })?
        .collect::<Result<Vec<_>>>()?;
    project.participations = Some(parts);
    Ok(Some(project))
}

/// As an EXISTS it would be faster for large countries and far slower for small ones.
const FILTER: &str = " WHERE p.id IN (SELECT t.project_id FROM participations t \
    JOIN organisations o ON o.id = t.organisation_id WHERE o.country = ?1)";

const FROM_DAY: &str = " AND p.starts_latest >= ?3";

const COUNT: &str = "SELECT COUNT(DISTINCT t.project_id) FROM organisations o \
    JOIN participations t ON t.organisation_id = o.id WHERE o.country = ?1";

const COUNT_FROM_DAY: &str = "SELECT COUNT(DISTINCT t.project_id) FROM organisations o \
    JOIN participations t ON t.organisation_id = o.id JOIN projects p ON p.id = t.project_id \
    WHERE o.country = ?1 AND p.starts_latest >= ?2";

/// The first projects by label in which somebody from `country` takes part, of those that may
/// start on `from` or later.
pub(super) fn list(
    connection: &Connection,
    country: &str,
    from: Option<&str>,
    limit: usize,
) -> Result<Page<Project>> {
    let today = today(connection)?;
    let rows = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let from_day = if from.is_some() { FROM_DAY } else { "" };
    let mut parameters: Vec<&dyn ToSql> = vec![&country, &rows];
    parameters.extend(from.as_ref().map(|day| day as &dyn ToSql));
    let mut data = connection
        .prepare_cached(&format!(
            "{PROJECT}{FILTER}{from_day} ORDER BY p.label_key, p.id LIMIT ?2"
        ))?
        .query_map(parameters.as_slice(), |row| project(row, &today))?
        .collect::<Result<Vec<_>>>()?;
    let more = data.len() > limit;
    data.truncate(limit);
    let total = if more {
        match from {
            Some(day) => connection
                .prepare_cached(COUNT_FROM_DAY)?
                .query_row([country, day], |row| row.get(0))?,
            None => connection.prepare_cached(COUNT)?.query_row([country], |row| row.get(0))?,
        }
    } else {
        i64::try_from(data.len()).unwrap_or(i64::MAX)
    };
    complete(connection, &mut data)?;
    let next = data.last().filter(|_| more).map(|last| last.id.0.to_string());
    Ok(Page { data, page: PageInfo { next, limit, total } })
}

/// Adds what other tables hold of each project.
fn complete(connection: &Connection, projects: &mut [Project]) -> Result<()> {
    let ids: Vec<Value> =
        projects.iter().map(|project| Value::Blob(project.id.0.as_bytes().to_vec())).collect();
    let mut fundings = children(
        connection,
        "project_id, programme_id, funder_id, call_id, type_of_action, kind, amount_minor, \
         amount_currency, title, year, share_hundredths FROM project_fundings WHERE project_id",
        "project_id",
        &ids,
        |row| {
            Ok(Funding {
                programme_id: row.get(1)?,
                funder_id: row.get(2)?,
                call_id: row.get(3)?,
                type_of_action: row.get(4)?,
                kind: row.get(5)?,
                amount: Money::read(row, 6)?,
                title: row.get(8)?,
                year: row.get(9)?,
                share: share(row.get(10)?),
            })
        },
    )?;
    let mut keywords = children(
        connection,
        "project_id, keyword FROM project_keywords WHERE project_id",
        "project_id",
        &ids,
        |row| row.get(1),
    )?;
    let mut themes = children(
        connection,
        "project_id, vocabulary, code, label, path FROM project_themes WHERE project_id",
        "project_id",
        &ids,
        |row| {
            Ok(Theme {
                vocabulary: row.get(1)?,
                code: row.get(2)?,
                label: row.get(3)?,
                path: row.get(4)?,
            })
        },
    )?;
    let mut external_ids = external_ids(connection, "project_external_ids", &ids)?;
    for project in projects {
        project.fundings = fundings.remove(&project.id).unwrap_or_default();
        project.keywords = keywords.remove(&project.id).unwrap_or_default();
        project.themes = themes.remove(&project.id).unwrap_or_default();
        project.external_ids = external_ids.remove(&project.id).unwrap_or_default();
    }
    Ok(())
}

/// The external ids of the records in `ids`, by record.
pub(super) fn external_ids(
    connection: &Connection,
    table: &str,
    ids: &[Value],
) -> Result<HashMap<Id, Vec<ExternalId>>> {
    let sql = format!("record_id, scheme, value FROM {table} WHERE record_id");
    children(connection, &sql, "record_id", ids, |row| {
        Ok(ExternalId { scheme: row.get(1)?, value: row.get(2)? })
    })
}

/// The rows below the records in `ids`, by record, in their order.
fn children<T>(
    connection: &Connection,
    sql: &str,
    key: &str,
    ids: &[Value],
    read: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<HashMap<Id, Vec<T>>> {
    let places = vec!["?"; ids.len()].join(",");
    let sql = format!("SELECT {sql} IN ({places}) ORDER BY {key}, position");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(ids))?;
    let mut found: HashMap<Id, Vec<T>> = HashMap::new();
    while let Some(row) = rows.next()? {
        found.entry(row.get(0)?).or_default().push(read(row)?);
    }
    Ok(found)
}
