//! `DELETE /profile`: erases one's own account, here at once and in every service by a job.

use axum::extract::State as Extract;
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Reply};
use shared::seal::Purpose;
use shared::store::Transaction;

use super::begin::begin;
use super::model::{Contact, ErasureView};
use crate::accounts::Identifier;
use crate::caller::Caller;
use crate::{AuthError, State};

pub(super) const PURPOSE: Purpose = "erased contact";
/// How often the account may change meanwhile.
const ROUNDS: usize = 5;

/// Erases one's own account: nobody signs in with it from now on, and every service forgets it within the hour. The
/// receipt of it is at `/erasures/{id}`, and is mailed. Needs a fresh sign-in.
#[utoipa::path(
    delete, path = "/profile", operation_id = "eraseProfile", tag = "profile",
    responses(
        (status = 202, body = Envelope<ErasureView>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the last admin of a tenant; IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
    )
)]
pub(crate) async fn erase_profile(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
) -> Result<Reply<ErasureView>, AuthError> {
    let (user, session) = (caller.principal.user(), caller.principal.session());
    for _ in 0..ROUNDS {
        let (Some(account), Some(session)) = state.sessions.with_account(&state.accounts, user, session).await? else {
            return Err(Error::Unauthorized.into());
        };
        let now = state.platform.clock().now();
        session.check_alive(&account, now).map_err(|_| Error::Unauthorized)?;
        session.check_fresh(now)?;
        let mut transaction = Transaction::new(state.platform.store());
        let contact = Contact { email: account.email.clone(), locale: account.profile.locale.clone() };
        let leaving = begin(&state, &mut transaction, &account, Some(&contact))?;
        transaction.add(state.accounts.release(&Identifier::email(&account.email)));
        match idempotency.commit(transaction, Reply::accepted(leaving.erasure.into())).await? {
            Finished::Reply(reply) => {
                state.platform.authenticator().revocations().note(leaving.revocation);
                reply.send(state.platform.outbox(), leaving.entries).await;
                return Ok(reply);
            }
            Finished::Refused(index) if index == leaving.gone => {}
            // Of all other writes, those alone have a condition that keep a tenant its last admin.
            Finished::Refused(_) => return Err(Error::Conflict.into()),
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}
