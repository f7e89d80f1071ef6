//! `DELETE /users/invitations/{id}`, and `DELETE /tenants/{id}/invitations/{invitationId}` for the platform: an invitation that nobody is to accept any more.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::auth::TenantId;
use shared::http::{Envelope, Finished, Idempotency, PathParams, Reply};
use shared::store::{Action, Transaction};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::OpenInvitation;
use crate::audit::{Act, Details, Event, platform_use};
use crate::caller::Caller;
use crate::links::Invitation;
use crate::{AuthError, State};

/// That it is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Withdrawn {
    /// Always true.
    withdrawn: bool,
}

/// Withdraws an open invitation to one's tenant: its link does not work any more.
#[utoipa::path(
    delete, path = "/users/invitations/{id}", operation_id = "withdrawInvitation", tag = "users",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Envelope<Withdrawn>))
)]
pub(crate) async fn withdraw_invitation(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Withdrawn>, AuthError> {
    let tenant = caller.principal.tenant();
    let record = |open: &OpenInvitation| {
        let now = state.platform.clock().now();
        let event = Event::new(tenant, Act::InvitationWithdrawn, now).by(caller.principal.user(), &caller.device);
        vec![state.audit.record(&Event { details: details(open), ..event })]
    };
    withdraw(&state, &idempotency, (tenant, id), record).await
}

/// Withdraws an open invitation to any tenant, also to the platform's own.
#[utoipa::path(
    delete, path = "/tenants/{id}/invitations/{invitationId}", operation_id = "withdrawTenantInvitation", tag = "tenants",
    params(("id" = Uuid, Path), ("invitationId" = Uuid, Path)),
    responses((status = 200, body = Envelope<Withdrawn>))
)]
pub(crate) async fn withdraw_from_tenant(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams((tenant, id)): PathParams<(TenantId, Uuid)>,
) -> Result<Reply<Withdrawn>, AuthError> {
    let record = |open: &OpenInvitation| {
        platform_use(&state, &caller, Act::InvitationWithdrawn, [tenant], (None, &details(open)))
    };
    withdraw(&state, &idempotency, (tenant, id), record).await
}

async fn withdraw(
    state: &State,
    idempotency: &Idempotency,
    (tenant, id): (TenantId, Uuid),
    record: impl FnOnce(&OpenInvitation) -> Vec<Action>,
) -> Result<Reply<Withdrawn>, AuthError> {
    let open = state.invitations.get(tenant, id).await?.ok_or(Error::NotFound)?;
    let mut transaction = Transaction::new(state.platform.store());
    add(state, &mut transaction, &open);
    transaction.extend(record(&open));
    match idempotency.commit(transaction, Reply::ok(Withdrawn { withdrawn: true })).await? {
        Finished::Reply(reply) => Ok(reply),
        // Accepted, replaced or withdrawn meanwhile.
        Finished::Refused(_) => Err(Error::NotFound.into()),
    }
}

/// Adds the writes by which an address has no open invitation to a tenant any more, if it has one.
pub(super) async fn withdraw_open(
    state: &State,
    transaction: &mut Transaction,
    tenant: TenantId,
    email: &str,
) -> Result<(), Error> {
    let Some(latest) = state.invitations.latest(tenant, email).await? else { return Ok(()) };
    if let Some(open) = state.invitations.get(tenant, latest.id).await? {
        add(state, transaction, &open);
    }
    Ok(())
}

fn add(state: &State, transaction: &mut Transaction, open: &OpenInvitation) {
    state.invitations.close(transaction, open.tenant_id, open.id, &open.email);
    transaction.add(state.links.withdraw::<Invitation>(&open.link));
}

fn details(open: &OpenInvitation) -> Details {
    let (roles, subject) = (Some(open.roles.clone()), Some(open.id.to_string()));
    Details { roles, subject, ..Details::default() }
}
