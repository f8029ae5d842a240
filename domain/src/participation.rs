//! Participations: an organisation in a project, in one role.

use crate::country::Country;
use crate::country_group::CountryGroup;
use crate::decode::{Decode, Object};
use crate::error::{Errors, Pointer};
use crate::filter::{Conditions, Filter, QueryReader, Range};
use crate::id::{OrganisationId, ParticipationId, ProjectId, RecordRef};
use crate::money::Money;
use crate::organisation::OrganisationRef;
use crate::period::Period;
use crate::programme::ProgrammeKey;
use crate::project::{ProjectFilter, ProjectRef, ProjectStatus};
use crate::record::{Stamp, Timestamp};
use crate::role::Role;
use crate::statement::Statement;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// All that a writer may state about a participation.
///
/// An organisation may take part twice in one project, in different roles.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "organisation_id": "0198c0de-0000-7000-8000-000000000000",
    "role": "coordinator",
    "order": 1,
    "ec_contribution": {"amount": 377_006.44, "currency": "EUR"},
    "ended": false
}))]
pub struct ParticipationContent {
    /// Who takes part.
    pub organisation_id: OrganisationId,
    /// In which role, where known.
    pub role: Option<Role>,
    /// Its place in the project's list of participants.
    #[schema(example = 1)]
    pub order: Option<u32>,
    /// When it takes part, where that differs from the project's own period.
    #[serde(default)]
    pub period: Period,
    /// What the EU contributes to it; 0 means nothing, null means unknown.
    pub ec_contribution: Option<Money>,
    /// What of that stays with it, third parties deducted.
    pub net_ec_contribution: Option<Money>,
    /// What its part costs in all.
    pub total_cost: Option<Money>,
    /// Whether it left before the project's end.
    pub ended: Option<bool>,
}

impl ParticipationContent {
    /// An organisation taking part in an unknown role.
    #[must_use]
    pub fn of(organisation_id: OrganisationId) -> Self {
        Self {
            organisation_id,
            role: None,
            order: None,
            period: Period::default(),
            ec_contribution: None,
            net_ec_contribution: None,
            total_cost: None,
            ended: None,
        }
    }
}

impl Decode for ParticipationContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&[
            "id",
            "label",
            "project_id",
            "organisation",
            "project",
            "sources",
            "version",
            "created_at",
            "updated_at",
        ]);
        let organisation_id: Option<OrganisationId> = object.required("organisation_id");
        let role = object.optional("role");
        let order = object.optional("order");
        let period = object.optional("period").unwrap_or_default();
        let ec_contribution = object.optional("ec_contribution");
        let net_ec_contribution = object.optional("net_ec_contribution");
        let total_cost = object.optional("total_cost");
        let ended = object.optional("ended");
        let sound = object.finish();
        organisation_id.filter(|_| sound).map(|organisation_id| Self {
            organisation_id,
            role,
            order,
            period,
            ec_contribution,
            net_ec_contribution,
            total_cost,
            ended,
        })
    }
}

/// A participation of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Participation {
    /// Its id.
    pub id: ParticipationId,
    /// The project taken part in.
    pub project_id: ProjectId,
    /// What was stated about it.
    #[serde(flatten)]
    pub content: ParticipationContent,
    /// Who takes part, in short.
    pub organisation: OrganisationRef,
    /// The project taken part in, in short.
    pub project: ProjectRef,
    /// Where its facts come from, and what else is said; shown with `include=sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sources: Option<Vec<Statement>>,
    /// Where it stands in its history.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// Which participations a list holds.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ParticipationFilter {
    /// Project, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "cordis:101004635")]
    pub project: Conditions<RecordRef>,
    /// Organisation, by id or `scheme:value`.
    #[param(value_type = Option<String>, example = "pic:968823876")]
    pub organisation: Conditions<RecordRef>,
    /// Role.
    #[param(value_type = Option<String>, example = "coordinator")]
    pub role: Conditions<Role>,
    /// Country the organisation is established in.
    #[param(value_type = Option<String>, example = "IT,FR")]
    pub country: Conditions<Country>,
    /// Group of countries the organisation's belongs to, as it stands today.
    #[param(value_type = Option<String>, example = "eu")]
    pub country_group: Conditions<CountryGroup>,
    /// Whether it left before the project's end; unknown is neither.
    pub ended: Option<bool>,
    /// Programme that pays for the project (id, code, alias or title), its branches included.
    #[param(value_type = Option<String>, example = "H2020")]
    pub programme: Conditions<ProgrammeKey>,
    /// Where the project stands today.
    #[param(value_type = Option<String>, example = "ongoing")]
    pub status: Conditions<ProjectStatus>,
    /// First and last day of a time in which the project may have run.
    #[param(ignore)]
    pub active: Range<NaiveDate>,
    /// First and last day the project may have started on.
    #[param(ignore)]
    pub start_date: Range<NaiveDate>,
    /// Least and greatest EC contribution, in euro.
    #[param(ignore)]
    pub ec_contribution: Range<Money>,
    /// First and last instant of the latest change.
    #[param(ignore)]
    pub updated_at: Range<Timestamp>,
}

impl ParticipationFilter {
    /// What is asked of the project taken part in, besides which it is.
    #[must_use]
    pub fn of_project(&self) -> ProjectFilter {
        ProjectFilter {
            programme: self.programme.clone(),
            status: self.status.clone(),
            active: self.active,
            start_date: self.start_date,
            ..ProjectFilter::default()
        }
    }
}

impl Filter for ParticipationFilter {
    const SORTS: &'static [&'static str] =
        &["order", "ec_contribution", "created_at", "updated_at"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            project: query.conditions("project"),
            organisation: query.conditions("organisation"),
            role: query.conditions("role"),
            country: query.conditions("country"),
            country_group: query.conditions("country_group"),
            ended: query.flag("ended"),
            programme: query.conditions("programme"),
            status: query.conditions("status"),
            active: query.days("active"),
            start_date: query.days("start_date"),
            ec_contribution: query.euros("ec_contribution"),
            updated_at: query.instants("updated_at"),
        }
    }
}
