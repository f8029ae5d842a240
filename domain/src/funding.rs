//! Who pays for a project, under what, and how much.

use crate::decode::{Decode, Object};
use crate::error::{Errors, Pointer};
use crate::id::{CallId, OrganisationId, ProgrammeId};
use crate::money::Money;
use crate::percent::Percent;
use crate::text::{Code, Line};
use crate::year::Year;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

crate::vocabulary! {
    /// In what form a project is paid for.
    pub enum FundingKind: "funding_kind" {
        Grant = "grant", "Grant";
        CoFunding = "co_funding", "Co-funding";
        ServiceContract = "service_contract", "Service contract";
        NationalFund = "national_fund", "National fund";
        Private = "private", "Private funding";
        InKind = "in_kind", "Contribution in kind";
        Unspecified = "unspecified", "Unspecified";
    }
}

/// One source of a project's money. Every part may be unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Funding {
    /// The programme it is paid from.
    pub programme_id: Option<ProgrammeId>,
    /// The organisation that pays, where no programme says so.
    pub funder_id: Option<OrganisationId>,
    /// The call it was won under.
    pub call_id: Option<CallId>,
    /// The type of action.
    #[schema(example = "CSA")]
    pub type_of_action: Option<Code>,
    /// In what form it is paid.
    pub kind: FundingKind,
    /// How much; 0 means nothing, null means unknown.
    pub amount: Option<Money>,
    /// What the money is called, where it has a name of its own.
    #[schema(example = "Quota servizi")]
    pub title: Option<Line>,
    /// The year the money belongs to.
    pub year: Option<Year>,
    /// How much of the project's cost it covers, in percent.
    pub share: Option<Percent>,
}

impl Funding {
    /// Money of a kind, all else unknown.
    #[must_use]
    pub fn of(kind: FundingKind) -> Self {
        Self {
            programme_id: None,
            funder_id: None,
            call_id: None,
            type_of_action: None,
            kind,
            amount: None,
            title: None,
            year: None,
            share: None,
        }
    }
}

impl Decode for Funding {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let funding = Self {
            programme_id: object.optional("programme_id"),
            funder_id: object.optional("funder_id"),
            call_id: object.optional("call_id"),
            type_of_action: object.optional("type_of_action"),
            kind: object.optional("kind").unwrap_or(FundingKind::Unspecified),
            amount: object.optional("amount"),
            title: object.optional("title"),
            year: object.optional("year"),
            share: object.optional("share"),
        };
        object.finish().then_some(funding)
    }
}
