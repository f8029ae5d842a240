//! Partners: the organisations another one shares projects with.

use crate::country::Country;
use crate::diversity::DiversityBounds;
use crate::filter::{Filter, QueryReader};
use crate::group::Group;
use crate::money::MoneySum;
use crate::organisation::OrganisationRef;
use crate::profile::Counted;
use crate::project::ProjectRef;
use crate::role::Role;
use crate::scope::{Scope, ScopeFilter};
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

/// One partner of an organisation: another organisation in at least one of its projects.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Partner {
    /// The partner.
    pub organisation: OrganisationRef,
    /// How many projects both are in; taking part twice in one project counts once.
    #[schema(example = 2, minimum = 1)]
    pub shared_projects: u64,
    /// The sum over these projects of 1/(n−1), n the organisations in the project: a project
    /// of two weighs as much as all the ties of one in a project of twenty (Newman 2001).
    #[schema(example = 0.21)]
    pub fractional_weight: f64,
    /// The roles of the partner in these projects.
    pub roles: Vec<Role>,
    /// The roles of the organisation asked about in these projects.
    pub own_roles: Vec<Role>,
    /// The year in which the first shared project starts, at the earliest.
    #[schema(example = 2018)]
    pub first_year: Option<i32>,
    /// The year in which the last shared project ends, at the latest.
    #[schema(example = 2023)]
    pub last_year: Option<i32>,
    /// What the partner gets of the EC in these projects, as far as it is known.
    pub ec_contribution: MoneySum,
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

/// Partners in a project of which only the group is known. They count in no figure: nobody
/// knows which organisations they are, or whether they are partners elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct UnnamedPartners {
    /// The project they are partners in.
    pub project: ProjectRef,
    /// What is known of them.
    pub group: Group,
    /// Between which values the diversity of the group by country lies; null unless its size and
    /// its number of countries are known exactly.
    pub bounds: Option<DiversityBounds>,
}

/// Whom an organisation has worked with in a scope, summed up.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PartnerSummary {
    /// The organisation asked about, or with `rollup=parent` the one it counts as.
    pub organisation: OrganisationRef,
    /// What was counted: the scope's parameters as given, nothing when everything was.
    pub scope: Scope,
    /// The last change of the registry that was counted.
    #[schema(example = 4711)]
    pub revision: i64,
    /// How many projects it takes part in.
    #[schema(example = 2)]
    pub projects: u64,
    /// How many distinct partners it has.
    #[schema(example = 15)]
    pub partners: u64,
    /// The shared projects, summed over all partners.
    #[schema(example = 17)]
    pub collaborations: u64,
    /// In how many known countries they are established.
    #[schema(example = 6)]
    pub countries: u64,
    /// The partners by country, most first.
    pub by_country: Vec<PartnerCountry>,
    /// Agreements it is a party to, whatever the scope; none of these makes a partner.
    pub agreements: Counted,
    /// Partners in the same projects of which only the group is known; they count above in no
    /// figure.
    pub unnamed: Vec<UnnamedPartners>,
}

/// The scope in which partners are counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartnerFilter(pub ScopeFilter);

impl IntoParams for PartnerFilter {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        ScopeFilter::into_params(given_in)
    }
}

impl Filter for PartnerFilter {
    /// Without `sort`, those with most shared projects come first, then by label.
    const SORTS: &'static [&'static str] = &[
        "shared_projects",
        "fractional_weight",
        "label",
        "country",
        "first_year",
        "last_year",
        "ec_contribution",
    ];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self(ScopeFilter::read(query))
    }
}
