//! `POST /notifications/bulk`: one message to many. The request and its quota are one transaction; its
//! deliveries wait in parts beside it, and the worker makes rows of them.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State as Extract;
use shared::auth::{Principal, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::service::NOTIFY;
use shared::store::{Found, Transaction};
use shared::{Error, Problem, ServiceError};

use super::bodies::{BulkRecipient, SendBulk};
use super::commit::Request;
use super::model::{AcceptedBulk, Bulk, Message, Rejected, check_address};
use super::parts::{Parts, expand_all};
use super::words::{Wording, Words};
use crate::contacts::{Contact, Contacts};
use crate::deliveries::{Delivery, Recipient};
use crate::kinds::Channel;
use crate::rendering::{Variables, bounded};
use crate::{NotifyError, State};

/// Sends a message to up to 1000 recipients. Recipients that cannot be reached are told of; the others get theirs.
#[utoipa::path(
    post, path = "/notifications/bulk", operation_id = "sendBulkNotification", tag = "notifications",
    request_body = SendBulk,
    responses(
        (status = 202, body = Envelope<AcceptedBulk>),
        (status = 400, description = "VALIDATION_FAILED, INVALID_CHANNEL or INVALID_TEMPLATE", body = ErrorEnvelope),
        (status = 402, description = "QUOTA_EXCEEDED: what is left of the month is not enough for all", body = ErrorEnvelope),
        (status = 409, description = "DUPLICATE_REQUEST: the `dedupeKey` was used in the last 24 h", body = ErrorEnvelope),
    )
)]
pub(crate) async fn send_bulk(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<SendBulk>,
) -> Result<Reply<AcceptedBulk>, NotifyError> {
    let tenant = principal.tenant();
    let (recipients, message, common) = request.into_parts(state.platform.clock().now())?;
    message.check_providers(&state)?;
    let wording = Wording::read(&state, tenant, &message).await?;
    let known = read_contacts(&state, tenant, &recipients).await?;
    let attached = message.attached(&state, tenant).await?;
    let mut request = Request::new(&state, &principal, &message, attached);
    let mut parts = Parts::default();
    let (mut rejected, mut accepted) = (Vec::new(), 0);
    let mut wanted: BTreeMap<Channel, u32> = BTreeMap::new();
    for (index, recipient) in recipients.into_iter().enumerate() {
        match phrase(tenant, recipient, &message, &common, &wording, &known) {
            Ok((recipient, words)) => {
                for words in &words {
                    *wanted.entry(words.channel).or_default() += 1;
                }
                let deliveries: Vec<Delivery> = request.deliveries(&state, &recipient, words).collect();
                parts.add(&deliveries)?;
                accepted += 1;
            }
            Err(error) => rejected.push(Rejected { index, code: code_of(error)? }),
        }
    }
    let id = request.notification.id;
    request.check(&state, &principal, &wanted).await?;
    // Nothing refers to them until the request is accepted, and they go by themselves if it never is.
    let count = parts.store(&state, tenant, &request.notification).await?;
    let bulk = Bulk { parts: count, priority: message.priority, expires_at: request.expires_at };
    request.notification.bulk = Some(bulk.clone());
    let answer = AcceptedBulk { id, accepted, rejected };
    let write = |transaction: &mut Transaction| {
        let entries = expand_all(state.platform.outbox(), transaction, tenant, id, &bulk)?;
        Ok((Reply::accepted(answer.clone()), entries))
    };
    request.commit(&state, &principal, &idempotency, &wanted, write).await
}

/// What is known of the members among the recipients.
async fn read_contacts(state: &State, tenant: TenantId, recipients: &[BulkRecipient]) -> Result<Found, Error> {
    let users: BTreeSet<UserId> = recipients.iter().filter_map(|recipient| recipient.user_id).collect();
    let keys: Vec<_> = users.into_iter().flat_map(|user| Contacts::keys(tenant, user)).collect();
    state.platform.table().get_each(&keys).await
}

/// A recipient and what he is told.
fn phrase(
    tenant: TenantId,
    recipient: BulkRecipient,
    message: &Message,
    common: &Variables,
    wording: &Wording,
    known: &Found,
) -> Result<(Recipient, Vec<Words>), NotifyError> {
    let mut variables = common.clone();
    variables.extend(recipient.variables);
    let (recipient, contact) = match (recipient.to, recipient.user_id) {
        (Some(address), None) => {
            message.channels.iter().try_for_each(|channel| check_address(&address, *channel))?;
            (Recipient::To(address), None)
        }
        (None, Some(user)) => {
            let contact = Contacts::among(known, tenant, user)?.ok_or_else(NotifyError::not_member)?;
            (Recipient::UserId(user), Some(contact))
        }
        _ => return Err(Error::field("to", "either to or userId is needed").into()),
    };
    if bounded(&variables, &()).is_err() {
        return Err(Error::field("variables", "must have at most 65536 bytes together with the request's").into());
    }
    let words = wording.words(&message.channels, &variables, contact.as_ref().and_then(Contact::locale))?;
    Ok((recipient, words))
}

/// Why a recipient was left out; what is our own fault fails the request.
fn code_of(error: NotifyError) -> Result<String, NotifyError> {
    match error.problem() {
        Problem { status: 400, code, .. } => Ok(format!("{}{code}", NOTIFY.error_prefix)),
        _ => Err(error),
    }
}
