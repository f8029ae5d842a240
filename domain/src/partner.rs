//! Partners: the organisations another one shares projects with.

use crate::country::Country;
use crate::country_group::CountryGroup;
use crate::filter::{Conditions, Filter, QueryReader};
use crate::organisation::OrganisationRef;
use crate::programme::ProgrammeKey;
use crate::role::Role;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// One partner of an organisation: another organisation in at least one of its projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Partner {
    /// The partner.
    pub organisation: OrganisationRef,
    /// How many projects both are in; taking part twice in one project counts once.
    #[schema(example = 2, minimum = 1)]
    pub shared_projects: u64,
    /// The year in which the first shared project starts, at the earliest.
    #[schema(example = 2018)]
    pub first_year: Option<i32>,
    /// The year in which the last shared project ends, at the latest.
    #[schema(example = 2023)]
    pub last_year: Option<i32>,
}

/// How many partners are established in a country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartnerCountry {
    /// The country; null counts the partners whose country is unknown.
    pub country: Option<Country>,
    /// How many partners are established there.
    #[schema(example = 6)]
    pub partners: u64,
}

/// Whom an organisation has worked with, summed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartnerSummary {
    /// The organisation asked about.
    pub organisation: OrganisationRef,
    /// How many projects it takes part in.
    #[schema(example = 2)]
    pub projects: u64,
    /// How many distinct partners it has.
    #[schema(example = 15)]
    pub partners: u64,
    /// In how many known countries they are established.
    #[schema(example = 6)]
    pub countries: u64,
    /// The partners by country, most first.
    pub by_country: Vec<PartnerCountry>,
}

/// Which partners a list holds. A filter chooses among the partners; it does not change
/// how many shared projects one is said to have.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartnerFilter {
    /// Country the partner is established in.
    #[param(value_type = Option<String>, example = "IT,FR")]
    pub country: Conditions<Country>,
    /// Group of countries the partner's belongs to, as it stands today.
    #[param(value_type = Option<String>, example = "eu")]
    pub country_group: Conditions<CountryGroup>,
    /// Role the partner has in some shared project.
    #[param(value_type = Option<String>, example = "coordinator")]
    pub role: Conditions<Role>,
    /// Programme of some shared project (id, code, alias or title), its branches included.
    #[param(value_type = Option<String>, example = "H2020")]
    pub programme: Conditions<ProgrammeKey>,
}

impl Filter for PartnerFilter {
    /// Without `sort`, those with most shared projects come first, then by label.
    const SORTS: &'static [&'static str] =
        &["shared_projects", "label", "country", "first_year", "last_year"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            country: query.conditions("country"),
            country_group: query.conditions("country_group"),
            role: query.conditions("role"),
            programme: query.conditions("programme"),
        }
    }
}
