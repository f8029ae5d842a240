//! Reading a body of limited size in limited time. actix-web limits neither well: a body
//! sent at one byte a second keeps a connection for ever.

use crate::problem::{Code, Problem};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;
use std::time::Duration;

/// The whole body, at most `limit` bytes that arrive within `time`.
///
/// # Errors
/// `body_too_large`, `request_timeout`, or `malformed_request` when it breaks off.
pub async fn read_body(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
    time: Duration,
) -> Result<web::Bytes, Problem> {
    let too_large = || {
        let detail = format!(
            "The body has more than the {limit} bytes accepted. Shorten it, split it up, or have the limit raised."
        );
        Problem::new(Code::BodyTooLarge, detail)
    };
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |n| n > limit)) {
        return Err(too_large());
    }
    let reading = async {
        let mut body = web::BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| broken_off(&error))?;
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    actix_web::rt::time::timeout(time, reading).await.unwrap_or_else(|_| {
        let detail =
            format!("The body did not arrive within {} s; send it faster.", time.as_secs());
        Err(Problem::new(Code::RequestTimeout, detail))
    })
}

pub(super) fn broken_off(error: &PayloadError) -> Problem {
    let detail = "The body broke off or was not framed as its headers say.";
    Problem::new(Code::MalformedRequest, detail).caused_by(anyhow::anyhow!("{error}"))
}
