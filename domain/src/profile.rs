//! An organisation on one page: every figure with the address that lists what was counted.

use crate::country::Country;
use crate::diversity::Peers;
use crate::filter::QueryReader;
use crate::money::{Money, MoneySum};
use crate::network::up_to;
use crate::organisation::OrganisationRef;
use crate::partner::{Partner, UnnamedPartners};
use crate::programme::ProgrammeRef;
use crate::project::{ProjectRef, ProjectStatus};
use crate::role::Role;
use crate::scope::{Scope, ScopeFilter};
use crate::topic::Topic;
use serde::Serialize;
use utoipa::ToSchema;

/// How many years a period of topics covers unless another number is asked for.
pub const DEFAULT_PERIOD_YEARS: u32 = 5;
/// The most years a period of topics may cover.
pub const MOST_PERIOD_YEARS: u32 = 50;

/// What is asked of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileFilter {
    /// Which participations count.
    pub scope: ScopeFilter,
    /// How many years a period of topics covers.
    pub period_years: u32,
}

impl ProfileFilter {
    /// Reads the parameters of a scope and `period_years`.
    pub fn read(query: &mut QueryReader<'_>) -> Self {
        let period_years = up_to(query, "period_years", DEFAULT_PERIOD_YEARS, MOST_PERIOD_YEARS);
        Self { period_years, scope: ScopeFilter::read(query) }
    }
}

/// A number of things, and where they are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counted {
    /// How many.
    #[schema(example = 2)]
    pub count: u64,
    /// The address that lists them, exactly these; null where no single address can.
    #[schema(example = "/api/v1/projects?organisation=019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c01")]
    pub href: Option<String>,
}

/// An organisation on one page.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Profile {
    /// The organisation asked about, or with `rollup=parent` the one it counts as.
    pub organisation: OrganisationRef,
    /// What was counted: the scope's parameters as given, nothing when everything was.
    pub scope: Scope,
    /// The last change of the registry that was counted.
    #[schema(example = 4711)]
    pub revision: i64,
    /// Projects it takes part in.
    pub projects: Counted,
    /// The year in which the first of them starts, at the earliest; null when none has a date.
    #[schema(example = 2018)]
    pub first_year: Option<i32>,
    /// The year in which the last of them ends, at the latest.
    #[schema(example = 2023)]
    pub last_year: Option<i32>,
    /// Its projects by where they stand today.
    pub statuses: Vec<StatusCount>,
    /// Its participations by role.
    pub roles: Vec<RoleCount>,
    /// What it gets of the EC.
    pub ec_contribution: Contribution,
    /// The programmes its projects are paid from and those above them, most projects first; a
    /// project counts in each of its programmes.
    pub programmes: Vec<ProgrammeCount>,
    /// Its distinct partners.
    pub partners: Counted,
    /// The shared projects, summed over all partners.
    #[schema(example = 17)]
    pub collaborations: u64,
    /// 1 − partners / Σ over projects of the other organisations in it; null without partners.
    #[schema(example = 0.117_647)]
    pub repeat_partner_rate: Option<f64>,
    /// The share of the partners whose first project is one shared with it.
    #[schema(example = 0.4)]
    pub newcomer_share: Option<f64>,
    /// In how many known countries its partners are established.
    #[schema(example = 6)]
    pub countries: u64,
    /// Agreements it is a party to, whatever the scope.
    pub agreements: Counted,
    /// Networks it is a member of, itself or in a working group, whatever the scope.
    pub networks: Counted,
    /// Its partners by country, most first; null counts those whose country is unknown.
    pub partners_by_country: Vec<CountryCount>,
    /// Partners in its projects of which only the group is known; they count in no figure.
    pub unnamed_partners: Vec<UnnamedPartners>,
    /// Where it stands among organisations with as many projects; null without projects.
    pub peers: Option<Peers>,
    /// Where every measure of its partners' diversity is.
    #[schema(example = "/api/v1/organisations/019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c01/diversity")]
    pub diversity_href: String,
    /// Those it shares most projects with.
    pub frequent_partners: Vec<Partner>,
    /// What its projects are about, by the time they start, earliest first; those without a
    /// date come last.
    pub topics: Vec<TopicPeriod>,
    /// Projects that stand out.
    pub highlights: Highlights,
}

/// Projects that stand somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatusCount {
    /// Where they stand; null when nobody knows.
    pub status: Option<ProjectStatus>,
    /// How many.
    #[serde(flatten)]
    pub projects: Counted,
}

/// Participations in a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoleCount {
    /// The role; null when it is not known.
    pub role: Option<Role>,
    /// How many.
    #[serde(flatten)]
    pub participations: Counted,
}

/// What an organisation gets of the EC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Contribution {
    /// In all its participations, as far as it is known.
    #[serde(flatten)]
    pub sum: MoneySum,
    /// The address that lists the participations.
    #[schema(example = "/api/v1/participations?organisation=019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c01")]
    pub href: Option<String>,
}

/// Projects paid from a programme or one below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgrammeCount {
    /// The programme.
    pub programme: ProgrammeRef,
    /// How many.
    #[serde(flatten)]
    pub projects: Counted,
}

/// Partners in a country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountryCount {
    /// The country; null when it is not known.
    pub country: Option<Country>,
    /// How many.
    #[serde(flatten)]
    pub partners: Counted,
}

/// What the projects that start in a period are about.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TopicPeriod {
    /// Its first year; null for projects without a date.
    #[schema(example = 2020)]
    pub from: Option<i32>,
    /// Its last year.
    #[schema(example = 2024)]
    pub to: Option<i32>,
    /// The projects that start in it.
    pub projects: Counted,
    /// Of them, those of which nobody said what they are about.
    #[schema(example = 0)]
    pub without_topic: u64,
    /// What they are about, most projects first; a theme counts for those below it too.
    pub topics: Vec<TopicShare>,
    /// How many more topics they have than are listed.
    #[schema(example = 0)]
    pub more_topics: u64,
    /// Topics listed in the period before that none of them is about, as far as their topics
    /// are known.
    pub gone: Vec<Topic>,
}

/// A topic in a period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TopicShare {
    /// The topic.
    pub topic: Topic,
    /// The projects about it.
    pub projects: Counted,
    /// Their share of those in the period with any topic.
    #[schema(example = 0.5)]
    pub share: f64,
    /// How much greater that share is than in the period before; null in the first, and where
    /// the one before has no topics.
    #[schema(example = 0.25)]
    pub shift: Option<f64>,
}

/// Projects that stand out. Of several equal ones the latest is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Highlights {
    /// The one it gets most of the EC for, in euro.
    pub largest_contribution: Option<ProjectAmount>,
    /// The one that costs most in all, in euro.
    pub largest_project: Option<ProjectAmount>,
    /// The one with most organisations.
    pub largest_consortium: Option<ProjectSize>,
    /// The one that starts last.
    pub newest: Option<ProjectRef>,
    /// The one that starts first.
    pub first: Option<ProjectRef>,
}

/// A project and an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectAmount {
    /// The project.
    pub project: ProjectRef,
    /// The amount.
    pub amount: Money,
}

/// A project and how many take part in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectSize {
    /// The project.
    pub project: ProjectRef,
    /// Organisations that count in it, the one asked about included.
    #[schema(example = 12)]
    pub organisations: u64,
}
