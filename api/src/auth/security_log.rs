//! The security log: who opened what, and what was refused. One line each among the service's
//! logs, told apart by `log="security"`, whatever else is logged, with the address it was asked
//! from. Accounts are named by their ids; passwords, tokens and what was given as a name are
//! never written.

use super::principal::{Principal, UserRole};
use crate::problem::{Code, Problem};
use actix_web::{HttpMessage as _, HttpRequest};
use consortia_domain::account::AccountContent;
use std::net::IpAddr;
use tracing::field::{DisplayValue, display};
use uuid::Uuid;

tokio::task_local! {
    /// Where the current request comes from.
    static ADDRESS: Option<IpAddr>;
}

/// Has what comes to pass in `answering` be told with the `address` it was asked from.
pub(crate) fn asked_from<F: Future>(
    address: Option<IpAddr>,
    answering: F,
) -> impl Future<Output = F::Output> {
    ADDRESS.scope(address, answering)
}

/// Where the current request comes from, to be written; `None` at the command line.
pub(crate) fn address() -> Option<DisplayValue<IpAddr>> {
    ADDRESS.try_with(|address| *address).ok().flatten().map(display)
}

/// The target of these lines; the filter of the log lets them through.
pub const TARGET: &str = "consortia::security";

/// Writes `event` to the security log; more fields may follow.
macro_rules! security_event {
    ($event:literal $(, $($field:tt)+)?) => {
        tracing::info!(
            target: $crate::auth::SECURITY_TARGET,
            log = "security",
            event = $event,
            address = $crate::auth::address(),
            $($($field)+)?
        )
    };
}
pub(crate) use security_event;

/// Notes that `problem` was answered to `request`, if it is one of rights.
pub(crate) fn note_refusal(request: &HttpRequest, problem: &Problem) {
    let of_rights = matches!(
        problem.code(),
        Code::TokenRequired | Code::InvalidToken | Code::RoleRequired | Code::NotYours
    );
    if of_rights {
        let actor = request.extensions().get::<Principal>().map(Principal::actor);
        security_event!(
            "refused",
            code = problem.code().name(),
            actor,
            method = request.method().as_str(),
            path = request.path(),
        );
    }
}

/// Notes what became of a read token, by whom.
pub(crate) fn read_token_changed(event: &'static str, token: Uuid, by: &str) {
    security_event!("read_token", what = event, %token, by);
}

/// Notes what became of the keys that tokens are signed with, at the command line.
pub(crate) fn key_changed(event: &'static str, key: &str) {
    security_event!("key", what = event, key);
}

/// Notes that a token was made at the command line.
pub(crate) fn token_made(subject: &str, role: UserRole) {
    security_event!("token_made", subject, role = role.code());
}

/// Notes what became of an account, by whom.
pub(crate) fn account_changed(event: &'static str, account: Uuid, by: &str) {
    security_event!("account", what = event, %account, by);
}

/// Notes what was changed of an account, by whom: its role and what it may change are told, that
/// its holder has another name is said only.
pub(crate) fn account_edited(
    account: Uuid,
    (old, new): (&AccountContent, &AccountContent),
    by: &str,
) {
    let organisations = || new.organisations.iter().map(ToString::to_string).collect::<Vec<_>>();
    security_event!(
        "account",
        what = "changed",
        %account,
        by,
        role = (old.role != new.role).then(|| new.role.code()),
        shut = (old.disabled != new.disabled).then_some(new.disabled),
        organisations =
            (old.organisations != new.organisations).then(|| organisations().join(",")),
        renamed = (old.name != new.name).then_some(true),
    );
}

/// Notes what became of a contact person, by whom; never who that is.
pub(crate) fn contact_changed(event: &'static str, contact: Uuid, by: &str) {
    security_event!("contact", what = event, %contact, by);
}

/// Notes that a person was forgotten who was a contact of so many records.
pub(crate) fn contacts_erased(records: usize, by: &str) {
    security_event!("contact", what = "erased", records, by);
}
