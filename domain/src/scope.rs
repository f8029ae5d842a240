//! Scopes: which participations count when the partner network is asked.

use crate::country::Country;
use crate::country_group::CountryGroup;
use crate::filter::{Conditions, QueryReader, Range};
use crate::organisation_type::OrganisationType;
use crate::programme::ProgrammeKey;
use crate::project::ProjectStatus;
use crate::role::Role;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Which participations count. What is said of projects (programme, dates, status) holds for
/// everybody; what is said of participations (role, country, type) chooses among the others
/// when one organisation is asked about.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScopeFilter {
    /// Programme that pays for the project (id, code, alias or title), its branches included.
    #[param(value_type = Option<String>, example = "H2020")]
    pub programme: Conditions<ProgrammeKey>,
    /// Where the project stands today.
    #[param(value_type = Option<String>, example = "ongoing")]
    pub status: Conditions<ProjectStatus>,
    /// Role somebody takes part in.
    #[param(value_type = Option<String>, example = "coordinator")]
    pub role: Conditions<Role>,
    /// Country somebody who takes part is established in.
    #[param(value_type = Option<String>, example = "IT,FR")]
    pub country: Conditions<Country>,
    /// Group of countries that country belongs to, as it stands today.
    #[param(value_type = Option<String>, example = "eu")]
    pub country_group: Conditions<CountryGroup>,
    /// Type of the organisation that takes part.
    #[param(value_type = Option<String>, example = "higher_education")]
    pub organisation_type: Conditions<OrganisationType>,
    /// First and last day of a time in which the project may have run.
    #[param(ignore)]
    pub active: Range<NaiveDate>,
    /// First and last day the project may have started on.
    #[param(ignore)]
    pub start_date: Range<NaiveDate>,
    /// `parent`: units count as the topmost organisation they are a part of.
    #[param(value_type = Option<String>, example = "parent")]
    pub rollup: Option<Rollup>,
    /// The parameters as they were given, for the answer to repeat.
    #[param(ignore)]
    pub stated: Scope,
}

crate::vocabulary! {
    /// What units of an organisation count as.
    pub enum Rollup: "rollup" {
        Parent = "parent", "Their topmost parent";
    }
}

/// The scope of an answer: the parameters that were given, each with its values. Empty when
/// everything counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"programme": ["H2020"], "active_from": ["2018"]}))]
pub struct Scope(pub BTreeMap<String, Vec<String>>);

/// The parameters that make up a scope.
pub(crate) const PARAMETERS: [&str; 11] = [
    "programme",
    "status",
    "role",
    "country",
    "country_group",
    "organisation_type",
    "active_from",
    "active_to",
    "start_date_from",
    "start_date_to",
    "rollup",
];

impl ScopeFilter {
    /// Reads every parameter of a scope.
    pub fn read(query: &mut QueryReader<'_>) -> Self {
        let mut stated = Scope::default();
        for name in PARAMETERS {
            let given = query.given(name);
            if !given.is_empty() {
                stated.0.insert(name.to_owned(), given);
            }
        }
        Self {
            programme: query.conditions("programme"),
            status: query.conditions("status"),
            role: query.conditions("role"),
            country: query.conditions("country"),
            country_group: query.conditions("country_group"),
            organisation_type: query.conditions("organisation_type"),
            active: query.days("active"),
            start_date: query.days("start_date"),
            rollup: query.one::<Rollup>("rollup"),
            stated,
        }
    }
}
