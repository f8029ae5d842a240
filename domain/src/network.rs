//! The partner network as a whole: what is asked of it and what is told.

mod community;
mod comparison;
mod countries;
mod neighbourhood;
mod path;
mod ranking;
mod summary;

pub use community::{
    Community, CommunityCountry, CommunityFilter, CommunityKeyword, CommunityMember,
    CommunityMembers, CommunitySummary, MemberFilter,
};
pub use comparison::{Compared, Comparison, OverlapCount, PairOverlap};
pub use countries::{CountryNetwork, CountryPosition, CountryTie};
pub use neighbourhood::{
    ByAgreement, DEFAULT_LIMIT, MOST_DEPTH, MOST_LIMIT, Neighbourhood, NeighbourhoodFilter,
    NetworkNode, NetworkTie, NodeGroup, Ring, TieKind,
};
pub use path::{CollaborationPath, PathAnswer, PathStep};
pub use ranking::{DEFAULT_PIVOTS, Ranked, RankingFilter, RankingMeasure, RankingSummary};
pub use summary::{ComponentSize, CoreSize, DegreeCount, NetworkSummary, StrongTie};

use crate::error::Invalid;
use crate::filter::QueryReader;
use crate::scope::{Scope, ScopeFilter};
use serde::Serialize;
use std::str::FromStr;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

crate::vocabulary! {
    /// What the strength of a tie between two organisations is.
    pub enum TieWeight: "tie_weight" {
        Shared = "shared", "The projects they share";
        Fractional = "fractional", "The sum over these of 1/(n−1), n the organisations in the project (Newman 2001)";
        None = "none", "Nothing: every tie counts the same";
    }
}

impl Default for TieWeight {
    /// The projects shared.
    fn default() -> Self {
        Self::Shared
    }
}

/// A whole number of at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AtLeastOne(pub u32);

impl FromStr for AtLeastOne {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // One too large for us is one all the same; whoever limits it says so.
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { Some(text.parse().unwrap_or(u32::MAX)) } else { None };
        number.filter(|number| *number > 0).map(Self).ok_or_else(|| {
            let detail = format!("'{text}' is not a whole number of at least 1.");
            Invalid::new("not_a_positive_number", detail)
        })
    }
}

/// The most a parameter can ask for that no count limits: what 32 bits with a sign hold, as the
/// API's document says of it.
pub(crate) const MOST_COUNTED: u32 = i32::MAX.unsigned_abs();

/// The number given for `name`, from 1 to `most`; `default` when none is.
pub fn up_to(query: &mut QueryReader<'_>, name: &str, default: u32, most: u32) -> u32 {
    let number = query.one::<AtLeastOne>(name).map_or(default, |number| number.0);
    if number > most {
        let given = query.given(name).join("");
        let detail = format!("'{name}' is {given}; at most {most} is possible.");
        query.fault(name, Invalid::new("out_of_range", detail));
    }
    number.min(most)
}

/// Which network: the participations that count, and from how many shared projects on two
/// organisations are tied.
#[derive(Clone, Debug, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NetworkFilter {
    /// Which participations count.
    #[param(ignore)]
    pub scope: ScopeFilter,
    /// How many projects two organisations must share to be tied.
    #[param(value_type = Option<u32>, minimum = 1, default = 1, example = 1)]
    pub min_shared: u32,
    /// What the strength of a tie is, for the measures that look at it: weighted degree,
    /// PageRank, eigenvector, constraint and communities.
    #[param(value_type = Option<TieWeight>, default = "shared")]
    pub weight: TieWeight,
}

impl Default for NetworkFilter {
    fn default() -> Self {
        Self { scope: ScopeFilter::default(), min_shared: 1, weight: TieWeight::default() }
    }
}

impl NetworkFilter {
    /// Its parameters, those of the scope included.
    pub fn parameters(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut own = Self::into_params(&given_in);
        own.extend(ScopeFilter::into_params(given_in));
        own
    }

    /// Reads the parameters of a scope, `min_shared` and `weight`.
    pub fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            scope: ScopeFilter::read(query),
            min_shared: up_to(query, "min_shared", 1, MOST_COUNTED),
            weight: query.one("weight").unwrap_or_default(),
        }
    }
}

/// Which network an answer is about.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct NetworkStated {
    /// What was counted: the scope's parameters as given, nothing when everything was.
    pub scope: Scope,
    /// How many projects two organisations must share to be tied.
    #[schema(example = 1)]
    pub min_shared: u32,
    /// What the strength of a tie is.
    pub weight: TieWeight,
    /// The last change of the registry that was counted.
    #[schema(example = 4711)]
    pub revision: i64,
    /// Projects counted.
    #[schema(example = 31_451)]
    pub projects: u64,
    /// Organisations that take part in them.
    #[schema(example = 35_871)]
    pub organisations: u64,
    /// Participations counted, those of one organisation in one project each.
    #[schema(example = 144_727)]
    pub participations: u64,
}
