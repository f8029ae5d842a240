//! Communities of the network.

use super::{NetworkFilter, NetworkStated};
use crate::country::Country;
use crate::filter::{Filter, QueryReader};
use crate::organisation::OrganisationRef;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

/// How the network falls into communities.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CommunitySummary {
    /// The network.
    #[serde(flatten)]
    pub network: NetworkStated,
    /// Communities of at least two organisations.
    #[schema(example = 46)]
    pub communities: u64,
    /// Organisations on their own, most without a tie; they are not listed.
    #[schema(example = 4_400)]
    pub alone: u64,
    /// How much more of the ties' strength lies within communities than would at random
    /// (Newman & Girvan 2004).
    #[schema(example = 0.43)]
    pub modularity: f64,
}

/// A community: organisations that work with each other more than with the rest
/// (Leiden algorithm, Traag, Waltman & van Eck 2019).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Community {
    /// Its number, from 1 for the largest; it holds for this network at this revision.
    #[schema(example = 1, minimum = 1)]
    pub number: u64,
    /// Its members.
    #[schema(example = 5_000)]
    pub organisations: u64,
    /// Projects in which at least two of its members are together.
    #[schema(example = 2_000)]
    pub projects: u64,
    /// Ties between its members.
    #[schema(example = 90_000)]
    pub ties_within: u64,
    /// Ties of its members to others.
    #[schema(example = 40_000)]
    pub ties_outward: u64,
    /// Its members by country, most first, at most ten.
    pub countries: Vec<CommunityCountry>,
    /// The members most strongly tied within it, at most five.
    pub top_organisations: Vec<OrganisationRef>,
}

/// How many members of a community are established in a country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommunityCountry {
    /// The country; null counts the members whose country is unknown.
    pub country: Option<Country>,
    /// How many members are established there.
    #[schema(example = 822)]
    pub organisations: u64,
}

/// A keyword of a community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommunityKeyword {
    /// The keyword, or the theme's label or code.
    #[schema(example = "migration")]
    pub keyword: String,
    /// Projects of the community that have it.
    #[schema(example = 12)]
    pub projects: u64,
}

/// A member of a community.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CommunityMember {
    /// The organisation.
    pub organisation: OrganisationRef,
    /// Its partners within the community.
    #[schema(example = 12)]
    pub partners_within: u64,
    /// All its partners.
    #[schema(example = 15)]
    pub partners: u64,
    /// The strength of its ties within the community.
    #[schema(example = 14.0)]
    pub strength_within: f64,
}

/// A community and the network it belongs to, beside a page of its members.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CommunityMembers {
    /// The network.
    #[serde(flatten)]
    pub network: CommunitySummary,
    /// The community.
    pub community: Community,
    /// The keywords and themes most frequent in its projects, at most ten.
    pub keywords: Vec<CommunityKeyword>,
}

/// What a list of communities is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommunityFilter(pub NetworkFilter);

impl IntoParams for CommunityFilter {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        NetworkFilter::parameters(given_in)
    }
}

impl Filter for CommunityFilter {
    /// Without `sort`, the largest comes first.
    const SORTS: &'static [&'static str] = &["number", "projects", "ties_within", "ties_outward"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self(NetworkFilter::read(query))
    }
}

/// What the members of a community are asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberFilter(pub NetworkFilter);

impl IntoParams for MemberFilter {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        NetworkFilter::parameters(given_in)
    }
}

impl Filter for MemberFilter {
    /// Without `sort`, the most strongly tied come first.
    const SORTS: &'static [&'static str] = &["strength_within", "partners_within", "partners"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self(NetworkFilter::read(query))
    }
}
