//! `POST /tenants/{id}/switch`: the same sign-in for another of one's tenants.

use axum::extract::State as Extract;
use shared::auth::TenantId;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, PathParams, Reply};
use shared::store::Transaction;
use shared::{Error, ids};

use crate::accounts::Touch;
use crate::audit::{Act, Event};
use crate::caller::Caller;
use crate::sessions::Tokens;
use crate::{AuthError, State};

/// How often an account may change meanwhile.
const ROUNDS: usize = 3;

/// Answers with tokens for another of one's tenants, in a session of its own. It ends when this one's sign-in would.
#[utoipa::path(
    post, path = "/tenants/{id}/switch", operation_id = "switchTenant", tag = "sessions",
    params(("id" = Uuid, Path, description = "One of one's tenants")),
    responses(
        (status = 200, body = Envelope<Tokens>),
        (status = 403, description = "ACCOUNT_SUSPENDED there, or FORBIDDEN", body = ErrorEnvelope),
        (status = 404, description = "NOT_FOUND: one is no member of it", body = ErrorEnvelope),
    )
)]
pub(crate) async fn switch_tenant(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(tenant): PathParams<TenantId>,
) -> Result<Reply<Box<Tokens>>, AuthError> {
    let (user, session) = (caller.principal.user(), caller.principal.session());
    for _ in 0..ROUNDS {
        let (Some(account), Some(from)) = state.sessions.with_account(&state.accounts, user, session).await? else {
            return Err(Error::Unauthorized.into());
        };
        let now = state.platform.clock().now();
        from.check_alive(&account, now).map_err(|_| Error::Unauthorized)?;
        if !account.is_member(tenant) {
            return Err(Error::NotFound.into());
        }
        account.membership(Some(tenant))?;
        let began_at = account.begins_session_at(tenant, now);
        let to = from.switched(ids::at(began_at), tenant, caller.device.clone(), began_at);
        let (begin, refresh_token) = state.sessions.begin(to.clone())?;
        let event = Event::own(tenant, user, Act::TenantSwitched, &caller.device, now);
        let transaction = Transaction::new(state.platform.store())
            .with(state.accounts.touch(&account, &Touch::default()))
            .with(state.sessions.still_there(&from))
            .with(begin)
            .with(state.audit.record(&event.with(|details| details.session_id = Some(to.id))));
        let tokens = Tokens::issue(&state, &account, &to, refresh_token).await?;
        if let Finished::Reply(reply) = idempotency.commit_unkept(transaction, Reply::ok(Box::new(tokens))).await? {
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}
