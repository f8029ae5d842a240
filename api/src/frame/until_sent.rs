//! Answers that count for their client until they were sent.

use crate::admission::Underway;
use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The most bytes that go into the socket at once, whoever reads them.
const SMALL: u64 = 64 * 1024;

/// A body, and what its client has under way until it is dropped.
struct UntilSent {
    body: BoxBody,
    _underway: Underway,
}

/// The bytes of `response` that are kept until it was sent; `None` when these are few or made
/// while it is sent.
pub(super) fn kept(response: &HttpResponse) -> Option<usize> {
    match response.body().size() {
        BodySize::Sized(size) if size > SMALL => usize::try_from(size).ok(),
        _ => None,
    }
}

/// `response`, which counts for its client until it was sent, unless it is small.
pub(super) fn counted(response: HttpResponse, underway: Underway) -> HttpResponse {
    match response.body().size() {
        BodySize::None => response,
        BodySize::Sized(size) if size <= SMALL => response,
        _ => response.map_body(|_, body| BoxBody::new(UntilSent { body, _underway: underway })),
    }
}

impl MessageBody for UntilSent {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
