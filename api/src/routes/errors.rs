//! The error answers operations share, so that each is described once and none is left out.

use crate::problem::{Code, PROBLEM_JSON, ProblemDocument};
use serde_json::json;
use std::collections::BTreeMap;
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
    ResponseBuilder::new().description(lines.join("\n\n")).content(PROBLEM_JSON, content).build()
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
    /// What reading something by parameters or by name may answer.
    ReadErrors = [
        InvalidParameters, MalformedRequest, InvalidToken, NotFound, NotAcceptable, UriTooLong,
        Internal, Unavailable, Timeout,
    ];
    /// What measuring the whole network may answer.
    NetworkErrors = [
        InvalidParameters, MalformedRequest, InvalidToken, NotFound, NotAcceptable, AmbiguousId, Gone,
        UriTooLong, TooLarge, Internal, Unavailable, Timeout,
    ];
    /// What reading one record may answer.
    RecordErrors = [
        InvalidParameters, MalformedRequest, InvalidToken, NotFound, NotAcceptable, AmbiguousId, Gone,
        UriTooLong, Internal, Unavailable, Timeout,
    ];
    /// What creating a record may answer.
    CreateErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotYours, NotFound, RequestTimeout, AmbiguousId, Gone, BodyTooLarge, UriTooLong,
        UnsupportedMediaType, InvalidBody, IdempotencyMismatch, Internal, Unavailable, Timeout,
        ReadOnly, StorageFull,
    ];
    /// What changing a record may answer.
    ChangeErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotYours, NotFound, RequestTimeout, AmbiguousId, Gone, StaleVersion, BodyTooLarge,
        UriTooLong, UnsupportedMediaType, InvalidBody, IfMatchRequired, Internal, Unavailable,
        Timeout, ReadOnly, StorageFull,
    ];
    /// What sending a file may answer.
    UploadErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired,
        RequestTimeout, ImportRunning, BodyTooLarge, UriTooLong, UnsupportedMediaType,
        InvalidBody, Internal, Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What reading something for administrators may answer.
    AdminReadErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired, NotFound,
        NotAcceptable, UriTooLong, Internal, Unavailable, Timeout,
    ];
    /// What withdrawing a record may answer.
    WithdrawErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotYours, NotFound, RequestTimeout, InUse, AmbiguousId, Gone, StaleVersion,
        BodyTooLarge, UriTooLong, UnsupportedMediaType, InvalidBody, IfMatchRequired, Internal,
        Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What opening an account, or keeping it open, may answer.
    SessionErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, InvalidCredentials, InvalidToken,
        RequestTimeout, BodyTooLarge, UriTooLong, UnsupportedMediaType, InvalidBody, Internal,
        Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What creating an account or a read token, or setting a password, may answer.
    AccountErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        RoleRequired, NotFound, RequestTimeout, BodyTooLarge, UriTooLong, UnsupportedMediaType,
        InvalidBody, Internal, Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What changing one's own account may answer.
    OwnErrors = [
        MalformedJson, InvalidParameters, MalformedRequest, TokenRequired, InvalidToken,
        InvalidCredentials, RoleRequired, NotFound, RequestTimeout, BodyTooLarge, UriTooLong,
        UnsupportedMediaType, InvalidBody, Internal, Unavailable, Timeout, ReadOnly, StorageFull,
    ];
    /// What deleting a record may answer.
    DeleteErrors = [
        InvalidParameters, MalformedRequest, TokenRequired, InvalidToken, RoleRequired, NotFound,
        InUse, AmbiguousId, Gone, StaleVersion, UriTooLong, IfMatchRequired, Internal,
        Unavailable, Timeout, ReadOnly, StorageFull,
    ];
}
