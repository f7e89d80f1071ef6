//! `/suppressions`

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::auth::{Principal, Role};
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::{Position, Transaction};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CheckSuppression, CreateSuppression, Suppression, SuppressionCheck};
use crate::contacts::Subject;
use crate::kinds::Channel;
use crate::{NotifyError, State};

/// That an address may be written to again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lifted {
    /// Always true.
    lifted: bool,
}

/// Lists suppressed addresses, newest first: organizers see the tenant's, others those of their own contact.
#[utoipa::path(
    get, path = "/suppressions", operation_id = "listSuppressions", tag = "suppressions", params(Paging),
    responses(
        (status = 200, body = Envelope<Vec<Suppression>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_suppressions(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<Suppression>>, NotifyError> {
    let tenant = principal.tenant();
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "suppressions", &())?;
    if principal.roles().include(Role::Organizer) {
        let (rows, next) = state.suppressions.page(tenant, pager.limit(), pager.start().cloned()).await?;
        return Ok(Reply::page(rows, pager.page(next.as_ref())?));
    }
    let contact = state.contacts.find(tenant, Subject::Own(principal.user())).await?;
    let addresses: Vec<(Channel, String)> = contact.map(|contact| contact.addresses()).unwrap_or_default();
    let own = state.suppressions.of(tenant, &addresses).await?.into_iter().flatten().collect();
    Ok(Reply::page(own, pager.page(None)?))
}

/// Suppresses an address on a channel. A second time replaces the reason.
#[utoipa::path(
    post, path = "/suppressions", operation_id = "createSuppression", tag = "suppressions",
    request_body = CreateSuppression, responses((status = 201, body = Envelope<Suppression>))
)]
pub(crate) async fn create_suppression(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(change): Json<CreateSuppression>,
) -> Result<Reply<Suppression>, NotifyError> {
    let (suppression, write) = state.suppressions.set(principal.tenant(), &change).await?;
    let transaction = Transaction::new(state.platform.store()).with(write);
    idempotency.commit(transaction, Reply::created(suppression)).await?.reply_or(Error::Conflict.into())
}

/// Says whether an address is suppressed on a channel.
#[utoipa::path(
    post, path = "/suppressions/check", operation_id = "checkSuppression", tag = "suppressions",
    request_body = CheckSuppression, responses((status = 200, body = Envelope<SuppressionCheck>))
)]
pub(crate) async fn check_suppression(
    Extract(state): Extract<State>,
    principal: Principal,
    Json(asked): Json<CheckSuppression>,
) -> Result<Reply<SuppressionCheck>, NotifyError> {
    let found = state.suppressions.of(principal.tenant(), &[(asked.channel, asked.contact)]).await?;
    let reason = found.into_iter().flatten().next().map(|strongest| strongest.reason);
    Ok(Reply::ok(SuppressionCheck { suppressed: reason.is_some(), reason }))
}

/// Lifts a suppression: the address may be written to again.
#[utoipa::path(
    delete, path = "/suppressions/{id}", operation_id = "deleteSuppression", tag = "suppressions",
    params(("id" = Uuid, Path)), responses((status = 200, body = Envelope<Lifted>))
)]
pub(crate) async fn delete_suppression(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Lifted>, NotifyError> {
    let lift = state.suppressions.lift(principal.tenant(), id);
    let transaction = Transaction::new(state.platform.store()).with(lift);
    idempotency.commit(transaction, Reply::ok(Lifted { lifted: true })).await?.reply_or(Error::NotFound.into())
}
