//! Rows and the JSON made of them: the same columns and the same fields as the registry's.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Result, Row};
use serde::Serialize;
use serde_json::{Number, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An id as the database keeps it: 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub(super) struct Id(pub(super) Uuid);

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let uuid = Uuid::from_slice(value.as_blob()?);
        uuid.map(Self).map_err(|fault| FromSqlError::Other(Box::new(fault)))
    }
}

/// An instant: `2026-01-31 12:00:00.123456` in the database, RFC 3339 in JSON.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Instant(pub(super) String);

impl FromSql for Instant {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(value.as_str()?.replacen(' ', "T", 1) + "Z"))
    }
}

/// JSON kept as text.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Json<T>(pub(super) T);

impl<T: serde::de::DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let parsed = serde_json::from_str(value.as_str()?);
        parsed.map(Self).map_err(|fault| FromSqlError::Other(Box::new(fault)))
    }
}

/// A column of lists by name, which may be null; a list that is not in it is empty.
#[derive(Debug, Default)]
pub(super) struct Details(BTreeMap<String, Value>);

impl Details {
    pub(super) fn read(row: &Row<'_>, at: usize) -> Result<Self> {
        let lists: Option<Json<BTreeMap<String, Value>>> = row.get(at)?;
        Ok(Self(lists.map(|lists| lists.0).unwrap_or_default()))
    }

    /// Takes a list out.
    pub(super) fn list(&mut self, name: &str) -> Value {
        self.0.remove(name).unwrap_or_else(|| Value::Array(Vec::new()))
    }
}

/// A text by language.
pub(super) type Texts = Json<BTreeMap<String, String>>;

#[derive(Debug, Serialize)]
pub(super) struct Money {
    amount: Number,
    currency: String,
}

impl Money {
    /// From a column of minor units and the currency behind it; the data is all in euro.
    pub(super) fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>> {
        let minor: Option<i64> = row.get(at)?;
        let Some(minor) = minor else { return Ok(None) };
        Ok(Some(Self::of(minor, row.get(at + 1)?)))
    }

    /// An amount of so many hundredths.
    pub(super) fn of(minor: i64, currency: String) -> Self {
        let amount = format!("{}.{:02}", minor / 100, minor % 100);
        Self { amount: Number::from_string_unchecked(amount), currency }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Period {
    start: Option<String>,
    end: Option<String>,
}

impl Period {
    pub(super) fn read(row: &Row<'_>, start: usize, end: usize) -> Result<Self> {
        Ok(Self { start: row.get(start)?, end: row.get(end)? })
    }
}

#[derive(Debug, Serialize)]
pub(super) struct ExternalId {
    pub(super) scheme: String,
    pub(super) value: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Funding {
    pub(super) programme_id: Option<Id>,
    pub(super) funder_id: Option<Id>,
    pub(super) call_id: Option<Id>,
    pub(super) type_of_action: Option<String>,
    pub(super) kind: String,
    pub(super) amount: Option<Money>,
    pub(super) title: Option<String>,
    pub(super) year: Option<i64>,
    pub(super) share: Option<Number>,
}

#[derive(Debug, Serialize)]
pub(super) struct Theme {
    pub(super) vocabulary: String,
    pub(super) code: String,
    pub(super) label: Option<String>,
    pub(super) path: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Project {
    pub(super) id: Id,
    pub(super) label: String,
    pub(super) acronym: Option<String>,
    pub(super) aliases: Value,
    pub(super) titles: Texts,
    pub(super) r#abstract: Texts,
    pub(super) period: Period,
    pub(super) stated_status: Option<String>,
    pub(super) total_cost: Option<Money>,
    pub(super) fundings: Vec<Funding>,
    pub(super) keywords: Vec<String>,
    pub(super) themes: Vec<Theme>,
    pub(super) target_groups: Value,
    pub(super) territories: Value,
    pub(super) groups: Value,
    pub(super) activities: Value,
    pub(super) homepage: Option<String>,
    pub(super) external_ids: Vec<ExternalId>,
    pub(super) status: Option<String>,
    pub(super) version: i64,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) participations: Option<Vec<Participation>>,
}

#[derive(Debug, Serialize)]
pub(super) struct OrganisationRef {
    pub(super) id: Id,
    pub(super) label: String,
    pub(super) short_name: Option<String>,
    pub(super) country: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ProjectRef {
    pub(super) id: Id,
    pub(super) label: String,
    pub(super) period: Period,
}

#[derive(Debug, Serialize)]
pub(super) struct Participation {
    pub(super) id: Id,
    pub(super) project_id: Id,
    pub(super) organisation_id: Id,
    pub(super) role: Option<String>,
    pub(super) order: Option<i64>,
    pub(super) period: Period,
    pub(super) ec_contribution: Option<Money>,
    pub(super) net_ec_contribution: Option<Money>,
    pub(super) total_cost: Option<Money>,
    pub(super) ended: Option<bool>,
    pub(super) organisation: OrganisationRef,
    pub(super) project: ProjectRef,
    pub(super) version: i64,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
}

/// A name, as kept in the database and as sent.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub(super) struct Name {
    pub(super) value: String,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) language: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Coordinates {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct Place {
    pub(super) city: Option<String>,
    pub(super) postcode: Option<String>,
    pub(super) nuts: Option<String>,
    pub(super) coordinates: Option<Coordinates>,
}

#[derive(Debug, Serialize)]
pub(super) struct Organisation {
    pub(super) id: Id,
    pub(super) label: String,
    pub(super) names: Json<Vec<Name>>,
    pub(super) country: Option<String>,
    pub(super) place: Option<Place>,
    pub(super) r#type: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) sector: Option<String>,
    pub(super) legal_form: Option<String>,
    pub(super) sme: Option<bool>,
    pub(super) homepage: Option<String>,
    pub(super) founded: Option<String>,
    pub(super) parent_id: Option<Id>,
    pub(super) groups: Value,
    pub(super) external_ids: Vec<ExternalId>,
    pub(super) status: Option<String>,
    pub(super) version: i64,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
}

#[derive(Debug, Serialize)]
pub(super) struct PageInfo {
    pub(super) next: Option<String>,
    pub(super) limit: usize,
    pub(super) total: i64,
}

#[derive(Debug, Serialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    pub(super) page: PageInfo,
}
