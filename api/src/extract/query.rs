//! Query parameters: `application/x-www-form-urlencoded`, read strictly.

use crate::problem::{Problem, excerpt};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use consortia_domain::error::{Errors, Invalid};
use consortia_domain::filter::QueryReader;
use std::future::{Ready, ready};

/// The most parameters one request may have.
const MAX_PARAMETERS: usize = 200;

/// A set of query parameters that knows how to read itself.
pub trait Parameters: Sized {
    /// Reads every parameter; faults are noted in `query`. `pairs` tells one list from
    /// another: every parameter, and the path under an empty name.
    fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self;
}

/// The query parameters of a request as a `T`. Parameters that `T` does not know are refused.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: Parameters> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = || {
            let mut pairs = pairs(request.query_string())?;
            let given = pairs.clone();
            let mut query = QueryReader::new(&given);
            // A cursor belongs to the list at this address, so the address is a part of what
            // is asked for.
            pairs.push((String::new(), request.path().to_owned()));
            let parameters = T::read(&mut query, &pairs);
            query.finish()?;
            Ok(Self(parameters))
        };
        ready(read().map_err(|errors: Errors| Problem::invalid_parameters(&errors)))
    }
}

/// No parameters at all.
impl Parameters for () {
    fn read(_: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {}
}

/// Refuses query parameters, for requests that take none.
///
/// # Errors
/// `invalid_parameters`, naming each.
pub(super) fn refuse_parameters(request: &HttpRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() {
        return Ok(());
    }
    let read = || {
        let pairs = pairs(request.query_string())?;
        QueryReader::new(&pairs).finish()
    };
    read().map_err(|errors| Problem::invalid_parameters(&errors))
}

/// The decoded parameters of a query string, in order.
///
/// # Errors
/// Names each parameter whose escapes are malformed or not UTF-8.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>, Errors> {
    let mut errors = Errors::new();
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| crate::frame::percent_decode(&text.replace('+', " "));
        match (decode(name), decode(value)) {
            (Some(name), Some(value)) if name.contains('\0') || value.contains('\0') => {
                let pair = excerpt(pair);
                let detail = format!(
                    "'{pair}' holds the character NUL (%00), which is not allowed; leave it out."
                );
                errors.parameter(&name.replace('\0', ""), Invalid::new("nul", detail));
            }
            (Some(name), Some(value)) => pairs.push((name, value)),
            _ => {
                let pair = excerpt(pair);
                let detail =
                    format!("'{pair}' is not percent-encoded UTF-8; write % itself as %25.");
                errors.parameter(name, Invalid::new("malformed_encoding", detail));
            }
        }
    }
    if pairs.len() > MAX_PARAMETERS {
        let detail = format!("At most {MAX_PARAMETERS} parameters are accepted.");
        errors.parameter("", Invalid::new("too_many_parameters", detail));
    }
    errors.into_result(Some(pairs))
}
