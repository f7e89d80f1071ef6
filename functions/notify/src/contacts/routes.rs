//! `/contacts/{userId}`

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, PathParams, Reply};
use shared::store::Transaction;

use super::model::{Contact, SetContact};
use super::store::Subject;
use crate::{NotifyError, State};

/// How a user can be reached: oneself, or for organizers any member of the tenant.
#[utoipa::path(
    get, path = "/contacts/{userId}", operation_id = "getContact", tag = "contacts", params(("userId" = UserId, Path)),
    responses(
        (status = 200, body = Envelope<Contact>),
        (status = 403, description = "Another user's, without the role `organizer`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_contact(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(user): PathParams<UserId>,
) -> Result<Reply<Contact>, NotifyError> {
    let subject = Subject::of(&principal, user);
    Ok(Reply::ok(state.contacts.find(principal.tenant(), subject).await?.ok_or(Error::NotFound)?))
}

/// Sets phone, locale and time zone: one's own, or for organizers any member's.
#[utoipa::path(
    put, path = "/contacts/{userId}", operation_id = "putContact", tag = "contacts",
    params(("userId" = UserId, Path)), request_body = SetContact,
    responses(
        (status = 200, body = Envelope<Contact>),
        (status = 403, description = "Another user's, without the role `organizer`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_contact(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(user): PathParams<UserId>,
    idempotency: Idempotency,
    Json(change): Json<SetContact>,
) -> Result<Reply<Contact>, NotifyError> {
    let subject = Subject::of(&principal, user);
    let set = state.contacts.set(principal.tenant(), subject, change).await?;
    let (contact, writes) = set.ok_or(Error::NotFound)?;
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(writes);
    idempotency.commit(transaction, Reply::ok(contact)).await?.reply_or(Error::NotFound.into())
}
