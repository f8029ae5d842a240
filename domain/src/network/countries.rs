//! The network of countries.

use crate::country::Country;
use crate::scope::Scope;
use serde::Serialize;
use utoipa::ToSchema;

/// Countries, and how often their organisations meet in projects: with M the project × country
/// counts of participations, the strength of a tie is its entry of `MᵀM`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CountryNetwork {
    /// What was counted: the scope's parameters as given, nothing when everything was.
    pub scope: Scope,
    /// The last change of the registry that was counted.
    #[schema(example = 4711)]
    pub revision: i64,
    /// Projects with participations of at least two known countries; only these make ties.
    #[schema(example = 13_000)]
    pub international_projects: u64,
    /// Participations of organisations whose country is not known; they make no ties.
    #[schema(example = 0)]
    pub unclassified: u64,
    /// The countries, the strongest first.
    pub countries: Vec<CountryPosition>,
    /// The ties, the strongest first.
    pub ties: Vec<CountryTie>,
}

/// One country's place.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CountryPosition {
    /// The country.
    pub country: Country,
    /// Distinct organisations that take part.
    #[schema(example = 4_000)]
    pub organisations: u64,
    /// Their participations.
    #[schema(example = 15_000)]
    pub participations: u64,
    /// Projects they are in.
    #[schema(example = 8_000)]
    pub projects: u64,
    /// Countries tied to this one.
    #[schema(example = 43)]
    pub degree: u64,
    /// The sum of the strengths of its ties.
    #[schema(example = 171_861)]
    pub strength: u64,
    /// Eigenvector centrality, the largest scaled to 1.
    #[schema(example = 0.85)]
    pub eigenvector: f64,
}

/// Two countries that meet in projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountryTie {
    /// The two, by code.
    pub countries: [Country; 2],
    /// Sum over projects of the participations of the one times those of the other.
    #[schema(example = 20_000)]
    pub strength: u64,
}
