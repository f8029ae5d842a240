//! Organisations side by side.

use crate::organisation::OrganisationRef;
use crate::scope::Scope;
use serde::Serialize;
use utoipa::ToSchema;

/// Some organisations and their partners, compared.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Comparison {
    /// What was counted: the scope's parameters as given, nothing when everything was.
    pub scope: Scope,
    /// The last change of the registry that was counted.
    #[schema(example = 4711)]
    pub revision: i64,
    /// The organisations, in the order they were asked for.
    pub organisations: Vec<Compared>,
    /// Partners that all of them have.
    pub common_partners: OverlapCount,
    /// Every two of them.
    pub pairs: Vec<PairOverlap>,
}

/// One of the organisations.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Compared {
    /// Which.
    pub organisation: OrganisationRef,
    /// Projects it takes part in.
    #[schema(example = 2)]
    pub projects: u64,
    /// Distinct partners.
    #[schema(example = 15)]
    pub partners: u64,
    /// The shared projects, summed over all partners.
    #[schema(example = 17)]
    pub collaborations: u64,
    /// Distinct known countries of the partners.
    #[schema(example = 6)]
    pub countries: u64,
    /// Blau's index of the partners by country; null when no partner's country is known.
    #[schema(example = 0.6044)]
    pub blau: Option<f64>,
    /// Partners that none of the others has; the others themselves are left out.
    pub only_its_own: OverlapCount,
}

/// Some organisations: how many, and the first of them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OverlapCount {
    /// How many there are.
    #[schema(example = 3)]
    pub count: u64,
    /// At most fifty of them: those with most shared projects, then by label.
    pub organisations: Vec<OrganisationRef>,
}

/// Two of the organisations.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PairOverlap {
    /// The two, in the order they were asked for.
    pub organisations: [OrganisationRef; 2],
    /// Projects both are in.
    #[schema(example = 1)]
    pub shared_projects: u64,
    /// Partners both have.
    #[schema(example = 4)]
    pub common_partners: u64,
    /// Common partners / partners of either, the two themselves left out (Jaccard 1901);
    /// null when neither has another partner.
    #[schema(example = 0.12)]
    pub jaccard: Option<f64>,
}
