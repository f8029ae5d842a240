//! Calls for proposals.

use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::external_id::{ExternalId, check_ids};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::id::{CallId, ProgrammeId};
use crate::language::{ChosenTexts, LocalizedText};
use crate::money::Money;
use crate::partial_date::PartialDate;
use crate::programme::{ProgrammeKey, ProgrammeRef};
use crate::record::{Stamp, Timestamp};
use crate::statement::Statement;
use crate::text::{Code, WebAddress};
use crate::year::Year;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// All that a writer may state about a call. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "identifier": "H2020-SC6-MIGRATION-2020",
    "titles": {"en": "Migration"},
    "year": 2020,
    "deadlines": ["2020-03-12"],
    "type_of_action": "CSA"
}))]
pub struct CallContent {
    /// The programme it belongs to.
    pub programme_id: Option<ProgrammeId>,
    /// Its identifier, as the funder writes it.
    #[schema(example = "H2020-SC6-MIGRATION-2020")]
    pub identifier: Option<Code>,
    /// Its title, by language.
    #[serde(default)]
    pub titles: LocalizedText,
    /// The year it is counted under.
    #[schema(example = 2020, minimum = 1900, maximum = 2200)]
    pub year: Option<u32>,
    /// When it opens.
    pub opening_date: Option<PartialDate>,
    /// When it closes; several where it has several cut-offs.
    #[serde(default)]
    pub deadlines: Vec<PartialDate>,
    /// What it has to give in all.
    pub budget: Option<Money>,
    /// The type of action it funds.
    #[schema(example = "CSA")]
    pub type_of_action: Option<Code>,
    /// Its page.
    pub homepage: Option<WebAddress>,
    /// Its identifiers in other registries.
    #[serde(default)]
    pub external_ids: Vec<ExternalId>,
}

impl CallContent {
    /// What to show for it: its identifier, else its title, else an external id, else its id.
    #[must_use]
    pub fn label(&self, id: CallId) -> String {
        let identifier = self.identifier.as_ref().map(ToString::to_string);
        let title = || self.titles.preferred(&[]).map(|(_, title)| title.to_string());
        let external = || self.external_ids.first().map(ExternalId::label);
        identifier.or_else(title).or_else(external).unwrap_or_else(|| format!("Call {id}"))
    }
}

impl Decode for CallContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&[
            "id",
            "label",
            "programme",
            "in_language",
            "sources",
            "version",
            "created_at",
            "updated_at",
        ]);
        let content = Self {
            programme_id: object.optional("programme_id"),
            identifier: object.optional("identifier"),
            titles: object.optional("titles").unwrap_or_default(),
            year: object.optional("year"),
            opening_date: object.optional("opening_date"),
            deadlines: object.list("deadlines"),
            budget: object.optional("budget"),
            type_of_action: object.optional("type_of_action"),
            homepage: object.optional("homepage"),
            external_ids: object.list("external_ids"),
        };
        if let Some(Err(fault)) = content.year.map(Year::new) {
            object.fault("year", fault);
        }
        if let Some(opening) = &content.opening_date {
            for (n, deadline) in content.deadlines.iter().enumerate() {
                if deadline.latest() < opening.earliest() {
                    let detail = format!("{deadline} lies before the opening date {opening}.");
                    let place = format!("deadlines/{n}");
                    object.fault_at(&place, Invalid::new("deadline_before_opening", detail));
                }
            }
        }
        check_ids(&mut object, &content.external_ids);
        object.finish().then_some(content)
    }
}

/// A call of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// What to show for it; never empty.
    #[schema(example = "H2020-SC6-MIGRATION-2020")]
    pub label: String,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: CallContent,
    /// The programme it belongs to, in short.
    pub programme: Option<ProgrammeRef>,
    /// Its texts in the language a reader prefers; shown when `Accept-Language` names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub in_language: Option<ChosenTexts>,
    /// Where its facts come from, and what else is said; shown with `include=sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sources: Option<Vec<Statement>>,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// A call as other records mention it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallRef {
    /// Its id.
    pub id: CallId,
    /// What to show for it.
    #[schema(example = "H2020-SC6-MIGRATION-2020")]
    pub label: String,
    /// The year it is counted under.
    pub year: Option<u32>,
}

/// Which calls a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallFilter {
    /// External identifier, `scheme:value`.
    #[param(value_type = Option<String>)]
    pub external_id: Conditions<ExternalId>,
    /// Identifier as the funder writes it, whatever its case.
    #[param(value_type = Option<String>, example = "H2020-SC6-MIGRATION-2020")]
    pub identifier: Conditions<Code>,
    /// Programme it belongs to (id, code, alias or title), its branches included.
    #[param(value_type = Option<String>, example = "H2020")]
    pub programme: Conditions<ProgrammeKey>,
    /// Type of action it funds, whatever its case.
    #[param(value_type = Option<String>, example = "CSA")]
    pub type_of_action: Conditions<Code>,
    /// First and last year it may be counted under.
    #[param(ignore)]
    pub year: Range<i32>,
    /// First and last day it may open on.
    #[param(ignore)]
    pub opening_date: Range<NaiveDate>,
    /// First and last day a deadline may fall on.
    #[param(ignore)]
    pub deadline: Range<NaiveDate>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl Filter for CallFilter {
    const SORTS: &'static [&'static str] =
        &["label", "year", "opening_date", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            external_id: query.conditions("external_id"),
            identifier: query.conditions("identifier"),
            programme: query.conditions("programme"),
            type_of_action: query.conditions("type_of_action"),
            year: query.numbers("year"),
            opening_date: query.days("opening_date"),
            deadline: query.days("deadline"),
            updated_at: query.instants("updated_at"),
        }
    }
}
