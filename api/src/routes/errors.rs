//! The error answers operations share, so that each is described once and none is left out.

use crate::problem::{Code, PROBLEM_JSON, ProblemDocument};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// The answer of the problems `codes`, which share a status.
fn answer(codes: &[Code]) -> Response {
    let lines: Vec<_> =
        codes.iter().map(|code| format!("`{}`: {}", code.name(), code.explanation())).collect();
    let example = codes.first().map(|code| {
        json!({
            "type": format!("/problems#{}", code.name()),
            "title": code.title(),
            "status": code.status().as_u16(),
            "detail": code.explanation(),
            "code": code.name(),
            "request_id": "0198c0de-0000-7000-8000-000000000000",
        })
    });
    let schema = Ref::from_schema_name(ProblemDocument::name());
    let mut content = Content::new(Some(schema));
    content.example = example;
    let response = ResponseBuilder::new().description(lines.join("\n\n"));
    let response = response.content(PROBLEM_JSON, content);
    if codes.contains(&Code::RateLimited) { rate_limited(response) } else { response }.build()
}

/// The headers that tell a client how it stands.
fn rate_limited(response: ResponseBuilder) -> ResponseBuilder {
    let headers = [
        ("Retry-After", "Seconds until a request would be answered.", Type::Integer),
        ("RateLimit", "How the client stands: requests left, seconds to wait.", Type::String),
        ("RateLimit-Policy", "What it may ask: requests at once, seconds they last.", Type::String),
    ];
    headers.into_iter().fold(response, |response, (name, description, kind)| {
        let header = Header::new(ObjectBuilder::new().schema_type(SchemaType::Type(kind)));
        response.header(name, HeaderBuilder::from(header).description(Some(description)).build())
    })
}

/// The answers of `codes`, by status.
fn answers(codes: &[Code]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<String, Vec<Code>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status().as_str().to_owned()).or_default().push(*code);
    }
    by_status.into_iter().map(|(status, codes)| (status, RefOr::T(answer(&codes)))).collect()
}

macro_rules! error_groups {
    ($($(#[doc = $doc:literal])+ $name:ident = [$($code:ident),+ $(,)?];)+) => {$(
        $(#[doc = $doc])+
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                answers(&[$(Code::$code),+])
            }
        }
    )+};
}

error_groups! {
    /// What any operation may answer.
    AnyErrors = [RateLimited, TooManyAtOnce, Internal, Overloaded];
    /// What reading something by parameters or by name may answer.
    ReadErrors = [
        InvalidParameters, MalformedRequest, InvalidToken, NotFound, NotAcceptable, UriTooLong, RateLimited, TooManyAtOnce, Internal, Overloaded,
        Unavailable, Timeout,
    ];
    /// What measuring the whole network may answer.
    NetworkErrors = [
        InvalidParameters, MalformedRequest, InvalidToken, NotFound, NotAcceptable, AmbiguousId, Gone,
        UriTooLong, TooLarge, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable, Timeout,
    ];
    /// What reading one record may answer.
    RecordErrors = [
        InvalidParameters, MalformedRequest, InvalidToken, NotFound, NotAcceptable, AmbiguousId, Gone,
        UriTooLong, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable, Timeout,
    ];
    /// What creating a record may answer.
    CreateErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotYours, NotFound, RequestTimeout, IdempotencyInFlight, AmbiguousId, Gone, BodyTooLarge,
        UriTooLong, UnsupportedMediaType, InvalidBody, IdempotencyMismatch, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable, Timeout,
        ReadOnly, StorageFull,
    ];
    /// What changing a record may answer.
    ChangeErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotYours, NotFound, RequestTimeout, AmbiguousId, Gone, StaleVersion, BodyTooLarge,
        UriTooLong, UnsupportedMediaType, InvalidBody, IfMatchRequired, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable,
        Timeout, ReadOnly, StorageFull,
    ];
    /// What sending a file may answer.
    UploadErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired,
        RequestTimeout, ImportRunning, BodyTooLarge, UriTooLong, UnsupportedMediaType,
        InvalidBody, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What reading something for administrators may answer.
    AdminReadErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired, NotFound,
        NotAcceptable, UriTooLong, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable, Timeout,
    ];
    /// What reading what is for whose a record is may answer.
    OwnersReadErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired, NotYours,
        NotFound, NotAcceptable, AmbiguousId, Gone, UriTooLong, RateLimited, TooManyAtOnce, Internal, Overloaded,
        Unavailable, Timeout,
    ];
    /// What removing a contact may answer.
    ContactDeleteErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired, NotFound,
        Gone, StaleVersion, UriTooLong, IfMatchRequired, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable,
        Timeout, ReadOnly, StorageFull,
    ];
    /// What withdrawing a record may answer.
    WithdrawErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotYours, NotFound, RequestTimeout, InUse, AmbiguousId, Gone, StaleVersion,
        BodyTooLarge, UriTooLong, UnsupportedMediaType, InvalidBody, IfMatchRequired, RateLimited, TooManyAtOnce, Internal, Overloaded,
        Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What opening an account, or keeping it open, may answer.
    SessionErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, InvalidCredentials, InvalidToken,
        RequestTimeout, BodyTooLarge, UriTooLong, UnsupportedMediaType, InvalidBody, RateLimited, TooManyAtOnce, Internal, Overloaded,
        Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What creating an account or a read token, or setting a password, may answer.
    AccountErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotFound, RequestTimeout, BodyTooLarge, UriTooLong, UnsupportedMediaType,
        InvalidBody, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What changing an account may answer.
    AccountChangeErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotFound, RequestTimeout, LastAdministrator, Gone, StaleVersion, BodyTooLarge,
        UriTooLong, UnsupportedMediaType, InvalidBody, IfMatchRequired, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable,
        Timeout, ReadOnly, StorageFull,
    ];
    /// What erasing an account may answer.
    AccountDeleteErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired, NotFound,
        LastAdministrator, Gone, StaleVersion, UriTooLong, IfMatchRequired, RateLimited, TooManyAtOnce, Internal, Overloaded,
        Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What changing one's own account may answer.
    OwnErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        InvalidCredentials, RoleRequired, NotFound, RequestTimeout, BodyTooLarge, UriTooLong,
        UnsupportedMediaType, InvalidBody, RateLimited, TooManyAtOnce, Internal, Overloaded, Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What deleting a record may answer.
    DeleteErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired, NotFound,
        InUse, AmbiguousId, Gone, StaleVersion, UriTooLong, IfMatchRequired, RateLimited, TooManyAtOnce, Internal, Overloaded,
        Unavailable, Timeout, ReadOnly, StorageFull,
    ];
}
