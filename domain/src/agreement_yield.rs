//! What an agreement yielded: joint projects of its parties that began after it was signed.

use crate::agreement::AgreementRef;
use crate::filter::QueryReader;
use crate::id::OrganisationId;
use crate::network::up_to;
use crate::organisation::OrganisationRef;
use crate::partial_date::PartialDate;
use crate::period::{Bound, Certainty, Period};
use crate::profile::Counted;
use crate::project::ProjectRef;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

crate::vocabulary! {
    /// Whether joint projects began after an agreement was signed.
    pub enum YieldVerdict: "yield_verdict" {
        Yielded = "yielded", "At least one certainly did";
        Possibly = "possibly", "None certainly did, and by its dates at least one may have";
        None = "none", "None did";
        Indeterminate = "indeterminate", "The day of signature is unknown, or the start of every project that may have";
    }
}

/// The most joint projects that are shown.
pub const MOST_SHOWN: u32 = 1000;
/// Joint projects that are shown unless another number is asked for.
pub const DEFAULT_SHOWN: u32 = 100;

/// What is asked of an agreement's yield.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct YieldFilter {
    /// The most joint projects to show; all are counted.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000, default = 100)]
    pub limit: u32,
}

impl YieldFilter {
    /// Reads `limit`.
    pub fn read(query: &mut QueryReader<'_>) -> Self {
        Self { limit: up_to(query, "limit", DEFAULT_SHOWN, MOST_SHOWN) }
    }
}

/// The joint projects of an agreement's parties, and which of them began after it was signed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgreementYield {
    /// The agreement.
    pub agreement: AgreementRef,
    /// Its parties.
    pub parties: Vec<OrganisationRef>,
    /// Whether it yielded joint projects, as far as the registry knows.
    pub verdict: YieldVerdict,
    /// Projects in which at least two of the parties take part, whenever these began. Of an
    /// agreement between more than two no single address lists them.
    pub joint_projects: Counted,
    /// Those that certainly began after it was signed.
    #[schema(example = 1)]
    pub certainly: u64,
    /// Those of which it cannot be told.
    #[schema(example = 0)]
    pub possibly: u64,
    /// Those that certainly did not.
    #[schema(example = 2)]
    pub not: u64,
    /// What the registry would have to know to be certain.
    pub missing: Vec<MissingFact>,
    /// The joint projects: those that certainly began after it first, earliest start first.
    pub projects: Vec<JointProject>,
    /// How many joint projects are left out because of `limit`.
    #[schema(example = 0)]
    pub left_out: u64,
}

/// A project in which at least two parties of an agreement take part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JointProject {
    /// The project.
    pub project: ProjectRef,
    /// The parties that take part, in the order of the agreement's.
    pub party_ids: Vec<OrganisationId>,
    /// Whether it began after the agreement was signed.
    pub after_signature: Certainty,
}

/// A fact that nobody stated and the verdict waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissingFact {
    /// The record that lacks it.
    #[schema(example = "/api/v1/agreements/0198c0de-0000-7000-8000-000000000000")]
    pub href: String,
    /// What to show for that record.
    #[schema(example = "MSE – ISMU")]
    pub label: String,
    /// The field that is null.
    #[schema(value_type = String, example = "signed")]
    pub field: &'static str,
}

/// Whether a project that ran in `period` began after the day something was signed.
///
/// It did when the first day it may have begun on lies behind the last day of signature, and
/// did not when the last day it may have begun on does not lie behind the first. A project whose
/// start is not known began at the latest when it ended. A signature of unknown date leaves
/// everything possible.
#[must_use]
pub fn began_after(signed: Option<PartialDate>, period: Period) -> Certainty {
    let Some(signed) = signed else { return Certainty::Possible };
    let after = period.earliest_start().is_some_and(|first| first > signed.latest());
    let last = period.latest_start().into_iter().chain(period.latest_end()).min();
    let before = last.is_some_and(|last| last <= signed.earliest());
    match (after, before || period.start() == Bound::Open) {
        (true, _) => Certainty::Yes,
        (_, true) => Certainty::No,
        _ => Certainty::Possible,
    }
}

/// What joint projects that ran in `periods` say of an agreement signed at `signed`.
#[must_use]
pub fn verdict(signed: Option<PartialDate>, periods: &[Period]) -> YieldVerdict {
    if signed.is_none() {
        return YieldVerdict::Indeterminate;
    }
    let certainty = |period: &Period| began_after(signed, *period);
    let possible = |period: &&Period| certainty(period) == Certainty::Possible;
    if periods.iter().any(|period| certainty(period) == Certainty::Yes) {
        YieldVerdict::Yielded
    } else if periods.iter().filter(possible).any(|period| !period.start().is_unknown()) {
        YieldVerdict::Possibly
    } else if periods.iter().any(|period| possible(&period)) {
        YieldVerdict::Indeterminate
    } else {
        YieldVerdict::None
    }
}
