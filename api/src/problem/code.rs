//! The one table of everything that can go wrong: code, status, title and one line each.

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $status:ident, $title:literal;)+) => {
        /// The kind of a problem; its code is stable, clients may branch on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every kind of problem, in the order of their statuses.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The HTTP status it is answered with.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// What it is, in a few words that never change with the occurrence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// One line on when it happens and what to do.
            #[must_use]
            pub fn explanation(self) -> String {
                match self { $(Self::$name => [$($doc),+].map(str::trim).join(" "),)+ }
            }
        }
    };
}

codes! {
    /// The body is not JSON; the detail names line and column.
    MalformedJson = "malformed_json", BAD_REQUEST, "The body is not JSON";
    /// The address or a header cannot be read as HTTP wants it.
    MalformedRequest = "malformed_request", BAD_REQUEST, "The request is malformed";
    /// One or more query parameters, path parameters or headers are wrong; `errors` names each.
    InvalidParameters = "invalid_parameters", BAD_REQUEST, "Parameters are invalid";
    /// Writing needs a bearer token; make one with `consortia token`.
    TokenRequired = "token_required", UNAUTHORIZED, "A token is needed";
    /// The token is not one of this registry, or is not valid now.
    InvalidToken = "invalid_token", UNAUTHORIZED, "The token is not valid";
    /// Name and password do not open an account: one of them is wrong, the account is shut, or
    /// there were ten failures in a row, after which nobody can open it for 15 minutes.
    InvalidCredentials = "invalid_credentials", UNAUTHORIZED, "That opens no account";
    /// The token is sound but its role may not do this.
    RoleRequired = "role_required", FORBIDDEN, "Another role is needed";
    /// Editors change what is their own, and this record is not.
    NotYours = "not_yours", FORBIDDEN, "The record is not yours";
    /// No record has this id.
    NotFound = "not_found", NOT_FOUND, "No such record";
    /// Nothing lives at this address; `/api/v1` lists what there is.
    UnknownPath = "unknown_path", NOT_FOUND, "Nothing lives at this address";
    /// The address exists, the method is not one of those in `Allow`.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The method is not allowed here";
    /// None of the formats asked for is available here; the detail lists those that are.
    NotAcceptable = "not_acceptable", NOT_ACCEPTABLE, "No acceptable format";
    /// The body did not arrive in time; send it again in one go.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The body did not arrive in time";
    /// Other records refer to this one; `referred_to_by` says of each kind how many, names up to
    /// five by id, and links to the list of all where there is one.
    InUse = "in_use", CONFLICT, "The record is in use";
    /// Whoever asks is the only administrator, and would be none afterwards; make somebody else
    /// administrator first.
    LastAdministrator =
        "last_administrator", CONFLICT, "Nobody would be administrator any more";
    /// One import at a time: another one runs; wait until it ends.
    ImportRunning = "import_running", CONFLICT, "Another import runs";
    /// A request with this `Idempotency-Key` is being answered; repeat this one after `Retry-After`
    /// seconds, and it is given the same answer.
    IdempotencyInFlight =
        "idempotency_in_flight", CONFLICT, "A request with this idempotency key is at work";
    /// Several records share this external id; `errors` lists their own ids to choose from.
    AmbiguousId = "ambiguous_id", CONFLICT, "Several records share this id";
    /// The record was deleted; the detail says when.
    Gone = "gone", GONE, "The record was deleted";
    /// The record has changed since the version in `If-Match`; read it again.
    StaleVersion = "stale_version", PRECONDITION_FAILED, "The record has changed meanwhile";
    /// The body is larger than the server accepts.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The address is longer than the server accepts.
    UriTooLong = "uri_too_long", URI_TOO_LONG, "The address is too long";
    /// The `Content-Type` (or `Content-Encoding`) is not one accepted here.
    UnsupportedMediaType =
        "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The media type is not supported";
    /// The body is JSON but not what the resource holds; `errors` names every fault.
    InvalidBody = "invalid_body", UNPROCESSABLE_ENTITY, "The body is invalid";
    /// More is asked for than can be computed while somebody waits; the detail says what to narrow.
    TooLarge = "too_large", UNPROCESSABLE_ENTITY, "That is too much to compute";
    /// The `Idempotency-Key` was used before with another request.
    IdempotencyMismatch =
        "idempotency_mismatch", UNPROCESSABLE_ENTITY, "The idempotency key belongs to another request";
    /// Changing a record needs `If-Match` with the version that was read.
    IfMatchRequired = "if_match_required", PRECONDITION_REQUIRED, "If-Match is needed";
    /// This client asks too often; come back after `Retry-After` seconds.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests";
    /// This client has as much under way as is kept for one; come back after `Retry-After` seconds,
    /// when some was answered.
    TooManyAtOnce = "too_many_at_once", TOO_MANY_REQUESTS, "Too many requests at once";
    /// A fault of the server; the log has more under the request id.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong here";
    /// The server cannot do this now; try again after `Retry-After` seconds.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "Not available right now";
    /// More is asked, by everybody together, than can be answered now; try again after `Retry-After`
    /// seconds.
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "Too much is asked at once";
    /// The answer was not found in time; ask for less or try again.
    Timeout = "timeout", SERVICE_UNAVAILABLE, "The answer took too long";
    /// The database accepts no writes; reading works.
    ReadOnly = "read_only", SERVICE_UNAVAILABLE, "The registry is read-only right now";
    /// The server's disk is full.
    StorageFull = "storage_full", INSUFFICIENT_STORAGE, "No space is left";
}
