//! What the faults of lower layers mean in HTTP. They know nothing of it themselves.

use super::{Code, Problem, ProblemReferrers, excerpt};
use crate::auth::token_refused;
use actix_web::http::header::RETRY_AFTER;
use consortia_db::Usage;
use consortia_domain::error::{Errors, FieldError, Invalid, Location};

impl Problem {
    /// The body was JSON but not what the resource holds.
    #[must_use]
    pub fn invalid_body(errors: &Errors) -> Self {
        Self::of_errors(Code::InvalidBody, errors)
    }

    /// Query or path parameters are wrong.
    #[must_use]
    pub fn invalid_parameters(errors: &Errors) -> Self {
        Self::of_errors(Code::InvalidParameters, errors)
    }

    /// The one parameter `name` is wrong.
    #[must_use]
    pub fn invalid_parameter(name: &str, fault: Invalid) -> Self {
        let mut errors = Errors::new();
        errors.parameter(name, fault);
        Self::invalid_parameters(&errors)
    }

    /// The one header `name` is wrong.
    #[must_use]
    pub fn invalid_header(name: &str, fault: Invalid) -> Self {
        let mut errors = Errors::new();
        errors.push(Location::Header(name.to_owned()), fault);
        Self::invalid_parameters(&errors)
    }
}

impl From<consortia_db::Error> for Problem {
    fn from(error: consortia_db::Error) -> Self {
        use consortia_db::Error;
        let detail = error.to_string();
        match error {
            Error::NotFound { reference, .. } => {
                let detail = detail.replace(&reference, &excerpt(&reference));
                Self::new(Code::NotFound, detail)
            }
            Error::Gone { .. } => Self::new(Code::Gone, detail),
            Error::Stale { current } => crate::extract::stale(current),
            Error::Invalid(errors) => Self::of_errors(code_of(&errors), &errors),
            Error::NotYours { .. } => Self::new(Code::NotYours, detail),
            Error::AccountShut => token_refused(&detail),
            Error::RightsChanged => Self::new(Code::RoleRequired, detail),
            Error::LastAdministrator => Self::new(Code::LastAdministrator, detail),
            Error::InUse(usages) => {
                let referred_to_by = usages.into_iter().map(ProblemReferrers::from).collect();
                Self { referred_to_by, ..Self::new(Code::InUse, detail) }
            }
            Error::Ambiguous { candidates, .. } => {
                let mut errors = Errors::new();
                for id in candidates {
                    errors.parameter("id", Invalid::new("candidate", id.to_string()));
                }
                Self { detail, ..Self::of_errors(Code::AmbiguousId, &errors) }
            }
            Error::IdempotencyMismatch => Self::new(Code::IdempotencyMismatch, detail),
            Error::Unavailable { .. } | Error::FileFailed | Error::StillRead => {
                Self::new(Code::Unavailable, detail).header(RETRY_AFTER, "2")
            }
            Error::Loading { .. } => Self::new(Code::Unavailable, detail).header(RETRY_AFTER, "1"),
            Error::QueueFull => Self::new(Code::Overloaded, detail).header(RETRY_AFTER, "1"),
            Error::TooSlow => {
                let detail = format!("{detail} Ask for less, or try again.");
                Self::new(Code::Timeout, detail).header(RETRY_AFTER, "5")
            }
            Error::ReadOnly | Error::OtherSchema { .. } => {
                Self::new(Code::ReadOnly, detail).header(RETRY_AFTER, "60")
            }
            Error::DiskFull => Self::new(Code::StorageFull, detail),
            Error::Config(_) | Error::Internal(_) => Self::internal(error),
        }
    }
}

impl From<Usage> for ProblemReferrers {
    fn from(usage: Usage) -> Self {
        let list = |(filter, id)| format!("/api/v1/{}s?{filter}={id}", usage.kind);
        let href = usage.found_by.map(list);
        Self { entity: usage.kind, count: usage.count, ids: usage.ids, href }
    }
}

/// Faults of the body make it unprocessable, faults of anything else a bad request.
fn code_of(errors: &Errors) -> Code {
    let in_body = |fault: &FieldError| matches!(fault.at, Location::Pointer(_));
    if errors.iter().any(in_body) { Code::InvalidBody } else { Code::InvalidParameters }
}
