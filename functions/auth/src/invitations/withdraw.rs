//! `DELETE /users/invitations/{id}`: an invitation that nobody is to accept any more.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::http::{Envelope, Finished, Idempotency, PathParams, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::OpenInvitation;
use crate::audit::{Act, Event};
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
    let open = state.invitations.get(caller.principal.tenant(), id).await?.ok_or(Error::NotFound)?;
    let mut transaction = Transaction::new(state.platform.store());
    state.invitations.close(&mut transaction, open.tenant_id, open.id, &open.email);
    transaction.add(state.links.withdraw::<Invitation>(&open.link));
    transaction.add(state.audit.record(&event(&state, &caller, open)));
    match idempotency.commit(transaction, Reply::ok(Withdrawn { withdrawn: true })).await? {
        Finished::Reply(reply) => Ok(reply),
        // Accepted, replaced or withdrawn meanwhile.
        Finished::Refused(_) => Err(Error::NotFound.into()),
    }
}

fn event(state: &State, caller: &Caller, open: OpenInvitation) -> Event {
    let now = state.platform.clock().now();
    let event = Event::new(open.tenant_id, Act::InvitationWithdrawn, now).by(caller.principal.user(), &caller.device);
    event.with(|details| {
        details.roles = Some(open.roles);
        details.subject = Some(open.id.to_string());
    })
}
