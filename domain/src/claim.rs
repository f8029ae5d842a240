//! Claims: what somebody states about an organisation, and whether the registry bears it out.

mod number;
mod record;

pub use number::StatedNumber;
pub use record::{Claim, ClaimContent, ClaimFilter, Figures};

use crate::error::Invalid;
use crate::filter::QueryReader;
use crate::id::RecordRef;
use crate::organisation::OrganisationRef;
use crate::scope::{Scope, ScopeFilter};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

crate::vocabulary! {
    /// What a stated number counts.
    pub enum ClaimSubject: "claim_subject" {
        Projects = "projects", "Projects it takes part in";
        Coordinated = "coordinated", "Projects it coordinates";
        Partners = "partners", "Distinct partners";
        PartnerCountries = "partner_countries", "Distinct countries its partners are established in";
        Collaborations = "collaborations", "Shared projects, summed over all partners";
        LargestContribution = "largest_contribution", "The largest EC contribution to it for one project, in euro";
        TotalContribution = "total_contribution", "The EC contributions to it together, in euro";
    }
}

crate::vocabulary! {
    /// By what an organisation is compared with those that have as many projects.
    pub enum PeerSubject: "peer_subject" {
        Partners = "partners", "Distinct partners";
        Countries = "countries", "Distinct countries of its partners";
        Blau = "blau", "Blau's index of its partners by country";
    }
}

crate::vocabulary! {
    /// Whether a claim holds.
    pub enum Verdict: "verdict" {
        Agrees = "agrees", "The registry bears it out";
        Contradicts = "contradicts", "The registry says otherwise";
        NotComputable = "not_computable", "The registry does not know enough to tell";
    }
}

/// One thing that is claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assertion {
    /// A number of something.
    Number(ClaimSubject, StatedNumber),
    /// Above the mean of its peers.
    AboveAverage(PeerSubject),
    /// Below it.
    BelowAverage(PeerSubject),
}

/// Claims about one organisation, in one scope.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// About whom.
    pub organisation: RecordRef,
    /// What is claimed.
    pub claims: Vec<Assertion>,
    /// Which participations count.
    pub scope: ScopeFilter,
}

/// The parameters of claims besides those of a scope.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClaimParameters {
    /// About whom: an id, or an external identifier, `scheme:value`.
    #[param(example = "pic:968823876")]
    pub organisation: String,
    /// How many projects it is said to take part in. Numbers may carry `>`, `>=`, `<` or `<=`
    /// in front.
    #[param(value_type = Option<String>, example = "2")]
    pub projects: Option<StatedNumber>,
    /// How many of them it is said to coordinate; a lead partner does too.
    #[param(value_type = Option<String>, example = "2")]
    pub coordinated: Option<StatedNumber>,
    /// How many distinct partners it is said to have.
    #[param(value_type = Option<String>, example = "15")]
    pub partners: Option<StatedNumber>,
    /// In how many countries they are said to be established.
    #[param(value_type = Option<String>, example = "6")]
    pub partner_countries: Option<StatedNumber>,
    /// The shared projects it is said to have, summed over all partners.
    #[param(value_type = Option<String>, example = "17")]
    pub collaborations: Option<StatedNumber>,
    /// The largest EC contribution it is said to get for one project, in euro; it agrees when
    /// it is the amount rounded or cut to as many digits as are stated.
    #[param(value_type = Option<String>, example = "377006")]
    pub largest_contribution: Option<StatedNumber>,
    /// The EC contributions it is said to get together, in euro.
    #[param(value_type = Option<String>, example = ">700000")]
    pub total_contribution: Option<StatedNumber>,
    /// By what it is said to lie above the mean of those with as many projects, by comma.
    #[param(value_type = Option<String>, example = "partners,blau")]
    pub above_average: Option<PeerSubject>,
    /// By what it is said to lie below it, by comma.
    #[param(value_type = Option<String>, example = "partners")]
    pub below_average: Option<PeerSubject>,
}

impl Claims {
    /// Reads the claims and the parameters of the scope.
    pub fn read(query: &mut QueryReader<'_>) -> Self {
        if query.given("organisation").is_empty() {
            let detail = "'organisation' is missing. Say about whom the claim is: an id or \
                          external identifier, such as pic:968823876.";
            query.fault("organisation", Invalid::new("missing_parameter", detail));
        }
        // A nil id stands in for what is missing and is never looked up: the fault refuses the
        // request.
        let organisation = query.one("organisation").unwrap_or(RecordRef::Id(Uuid::nil()));
        let mut claims = Vec::new();
        for subject in ClaimSubject::ALL {
            let number = query.one::<StatedNumber>(subject.code());
            claims.extend(number.map(|number| Assertion::Number(*subject, number)));
        }
        let above = peers(query, "above_average");
        claims.extend(above.into_iter().map(Assertion::AboveAverage));
        let below = peers(query, "below_average");
        claims.extend(below.into_iter().map(Assertion::BelowAverage));
        let names = ClaimSubject::ALL.iter().map(|subject| subject.code());
        let names: Vec<&str> = names.chain(["above_average", "below_average"]).collect();
        if names.iter().all(|name| query.given(name).is_empty()) {
            let detail = format!("Nothing is claimed. State one or more of: {}.", names.join(", "));
            query.fault("organisation", Invalid::new("no_claim", detail));
        }
        Self { organisation, claims, scope: ScopeFilter::read(query) }
    }
}

fn peers(query: &mut QueryReader<'_>, name: &str) -> Vec<PeerSubject> {
    let Some(listed) = query.text(name) else { return Vec::new() };
    let mut found = Vec::new();
    for item in listed.split(',') {
        match item.parse() {
            Ok(subject) if !found.contains(&subject) => found.push(subject),
            Ok(_) => {}
            Err(fault) => query.fault(name, fault),
        }
    }
    found
}

/// What became of the claims.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClaimReport {
    /// About whom; with `rollup=parent` whom it counts as.
    pub organisation: OrganisationRef,
    /// What was counted: the scope's parameters as given, nothing when everything was.
    pub scope: Scope,
    /// The last change of the registry that was counted.
    #[schema(example = 4711)]
    pub revision: i64,
    /// Of all claims together: one that is contradicted contradicts them all, one that cannot
    /// be computed leaves them open.
    pub verdict: Verdict,
    /// Each claim.
    pub claims: Vec<CheckedClaim>,
}

/// One claim, recomputed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CheckedClaim {
    /// The parameter that states it.
    #[schema(example = "partners")]
    pub claim: String,
    /// What it states.
    #[schema(example = "15")]
    pub stated: String,
    /// What the registry finds, as far as it can tell; null when it can tell nothing.
    #[schema(value_type = Option<f64>, example = 15)]
    pub found: Option<serde_json::Number>,
    /// Whether it holds.
    pub verdict: Verdict,
    /// How it was found, in a sentence.
    #[schema(example = "It has 15 distinct partners in 2 projects.")]
    pub explanation: String,
    /// What is missing to be certain; null when nothing is.
    #[schema(example = "1 of 2 participations has no EC contribution.")]
    pub missing: Option<String>,
    /// Where what was counted is listed.
    #[schema(example = "/api/v1/organisations/019a8c3e-7f10-7c55-9d2a-1f5b6a0e4c01/partners")]
    pub href: Option<String>,
}
