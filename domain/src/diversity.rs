//! How diverse the partners of an organisation are: what is told of it.

use crate::organisation::OrganisationRef;
use crate::partner::UnnamedPartners;
use crate::scope::Scope;
use serde::Serialize;
use utoipa::ToSchema;

crate::vocabulary! {
    /// By what partners are divided into classes. Dimensions are never merged.
    pub enum Dimension: "diversity_dimension" {
        Country = "country", "Country";
        Region = "region", "Region, NUTS 2";
        OrganisationType = "organisation_type", "Type of organisation";
        Sector = "sector", "Sector";
        CountryGroup = "country_group", "EU member, associated country or third country";
    }
}

crate::vocabulary! {
    /// How much each partner weighs.
    pub enum Weighting: "diversity_weighting" {
        Partners = "partners", "Each partner once";
        Collaborations = "collaborations", "Each partner as often as projects are shared";
    }
}

/// The diversity of an organisation's partners in a scope.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Diversity {
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
    /// 1 − partners / Σ over projects of the other organisations in it: how many of those met
    /// in projects had been met in another; null without partners.
    #[schema(example = 0.117_647)]
    pub repeat_partner_rate: Option<f64>,
    /// The share of the partners whose first project, by the earliest day it may have started
    /// on, is one shared with the organisation; partners without a dated project are left
    /// out. Null when there are none.
    #[schema(example = 0.4)]
    pub newcomer_share: Option<f64>,
    /// The measures, for each dimension and each weighting.
    pub measures: Vec<DimensionMeasures>,
    /// The organisation among those with as many projects in the scope; null without projects.
    pub peers: Option<Peers>,
    /// The same year by year.
    pub years: Vec<DiversityYear>,
    /// Partners in the same projects of which only the group is known; they count above in no
    /// figure.
    pub unnamed: Vec<UnnamedPartners>,
}

/// Every measure of one dimension in one weighting. A measure is null where its formula has no
/// value.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DimensionMeasures {
    /// By what the partners are divided.
    pub dimension: Dimension,
    /// How much each weighs.
    pub weighting: Weighting,
    /// Partners or collaborations with a known class, N.
    #[schema(example = 15)]
    pub items: u64,
    /// Partners or collaborations whose class is unknown; no measure counts them.
    #[schema(example = 0)]
    pub unclassified: u64,
    /// The classes, K; the effective number of order 0.
    #[schema(example = 6)]
    pub richness: u64,
    /// 1 − Σp² (Blau 1977; Gini–Simpson).
    #[schema(example = 0.6044)]
    pub blau: Option<f64>,
    /// −Σ p ln p, in nats (Shannon 1948).
    #[schema(example = 1.3)]
    pub shannon: Option<f64>,
    /// exp(Shannon), the effective number of order 1 (Hill 1973).
    #[schema(example = 3.66)]
    pub effective_1: Option<f64>,
    /// 1/Σp², the effective number of order 2 (Hill 1973).
    #[schema(example = 2.53)]
    pub effective_2: Option<f64>,
    /// Shannon / ln K (Pielou 1966).
    #[schema(example = 0.72)]
    pub evenness: Option<f64>,
    /// The classes to be expected among so many items drawn without replacement (Hurlbert
    /// 1971), for comparing sets of different size. Sizes beyond the items are left out.
    pub rarefied: Vec<Rarefied>,
    /// Σ over pairs of different classes of distance × p × p (Stirling 2007). Two countries of
    /// one group (EU, associated, third) and two regions of one country are half as far apart
    /// as others.
    #[schema(example = 0.37)]
    pub rao_stirling: Option<f64>,
    /// How many each class holds, most first.
    pub classes: Vec<ClassCount>,
}

/// Richness among a number of items.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Rarefied {
    /// The number of items.
    #[schema(example = 5)]
    pub n: u64,
    /// The classes to be expected among them.
    #[schema(example = 2.9)]
    pub richness: f64,
}

/// How many partners or collaborations a class holds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClassCount {
    /// The class: a country, a NUTS 2 region, a term of a vocabulary; or `eu`, `associated`,
    /// `third`.
    #[schema(example = "BE")]
    pub class: String,
    /// How many it holds.
    #[schema(example = 9)]
    pub count: u64,
    /// Its share, p.
    #[schema(example = 0.6)]
    pub share: f64,
}

/// An organisation among its peers: those with as many projects in the same scope.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Peers {
    /// How many projects each of them has.
    #[schema(example = 2)]
    pub projects: u64,
    /// Distinct partners.
    pub partners: Standing,
    /// Distinct countries of the partners.
    pub countries: Standing,
    /// Blau's index of the partners by country, each once. Organisations without a partner of
    /// known country are not compared.
    pub blau: Standing,
}

/// Where a value stands in a cohort.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Standing {
    /// The organisation's own value; null when it cannot be computed.
    #[schema(example = 15.0)]
    pub value: Option<f64>,
    /// How many organisations are compared, itself included.
    #[schema(example = 4467)]
    pub cohort: u64,
    /// Their mean.
    #[schema(example = 18.6)]
    pub mean: Option<f64>,
    /// A quarter of them lie below; interpolated.
    #[schema(example = 9.0)]
    pub first_quartile: Option<f64>,
    /// Half of them lie below.
    #[schema(example = 15.0)]
    pub median: Option<f64>,
    /// Three quarters of them lie below.
    #[schema(example = 23.0)]
    pub third_quartile: Option<f64>,
    /// (those below + ½ those equal) / cohort, 0 to 1.
    #[schema(example = 0.5)]
    pub percentile: Option<f64>,
}

/// The partners in the projects that may have run in a year.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DiversityYear {
    /// The year.
    #[schema(example = 2021)]
    pub year: i32,
    /// Projects that may have run in it.
    #[schema(example = 1)]
    pub projects: u64,
    /// Distinct partners in these.
    #[schema(example = 9)]
    pub partners: u64,
    /// Of them, those in no project of an earlier year.
    #[schema(example = 7)]
    pub new_partners: u64,
    /// Distinct countries of the partners.
    #[schema(example = 4)]
    pub countries: u64,
    /// Blau's index of the partners by country, each once.
    #[schema(example = 0.59)]
    pub blau: Option<f64>,
}

/// Between which values the diversity of a set lies of which only its size and its number of
/// classes are known.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DiversityBounds {
    /// Members of the set.
    #[schema(example = 43)]
    pub items: u64,
    /// Classes they belong to, such as countries.
    #[schema(example = 37)]
    pub richness: u64,
    /// Blau's index.
    pub blau: Between,
    /// Shannon entropy, in nats.
    pub shannon: Between,
    /// Effective number of order 1.
    pub effective_1: Between,
    /// Effective number of order 2.
    pub effective_2: Between,
    /// Pielou's evenness; null for a single class.
    pub evenness: Option<Between>,
}

/// The least and the greatest value that is possible.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Between {
    /// When all classes but one have a single member.
    #[schema(example = 0.954)]
    pub least: f64,
    /// When the members are split as evenly as can be.
    #[schema(example = 0.9703)]
    pub greatest: f64,
}
