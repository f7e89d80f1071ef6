//! `POST /profile/email/verify`: a mailed link gives an account another address.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::auth::{Reach, Revocation};
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::jobs::About;
use shared::store::{Commit, Transaction};
use utoipa::ToSchema;

use super::take_address::take;
use crate::accounts::{Account, Identifier};
use crate::audit::{Act, Event};
use crate::links::{ChangeAddress, LinkToken};
use crate::sessions::{Device, Session};
use crate::{AuthError, State, mail};

/// How often the account may change meanwhile.
const ROUNDS: usize = 3;

/// That the account has the new address.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressChanged {
    /// Always true.
    changed: bool,
}

/// Makes an address the account's by the link that was mailed there, once. Ends all sessions but the one that asked for
/// it, whose tokens name the new address from the next refresh on. The old address is told. An account of the new one that
/// nobody has verified is erased.
#[utoipa::path(
    post, path = "/profile/email/verify", operation_id = "changeAddress", tag = "profile", request_body = LinkToken,
    responses(
        (status = 200, body = Envelope<AddressChanged>),
        (status = 401, description = "TOKEN_INVALID: not ours, used, too late, or the account, its sessions or the request are not as they were", body = ErrorEnvelope),
        (status = 409, description = "EMAIL_TAKEN: somebody has the address by now", body = ErrorEnvelope),
    )
)]
pub(crate) async fn change_address(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<LinkToken>,
) -> Result<Reply<AddressChanged>, AuthError> {
    let link: ChangeAddress = state.links.find(&request.token).await?;
    for _ in 0..ROUNDS {
        let read = state.sessions.with_account(&state.accounts, link.user_id, link.session_id).await?;
        let (Some(account), Some(session)) = read else { return Err(AuthError::TokenInvalid) };
        session.check_alive(&account, state.platform.clock().now()).map_err(|_| AuthError::TokenInvalid)?;
        if account.security_version != link.security_version {
            return Err(AuthError::TokenInvalid);
        }
        if set(&state, account, &session, &link.email, &request.token, &device).await? {
            return Ok(Reply::ok(AddressChanged { changed: true }));
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}

/// `false` if the account or the session was changed meanwhile.
async fn set(
    state: &State,
    mut account: Account,
    session: &Session,
    email: &str,
    token: &str,
    device: &Device,
) -> Result<bool, AuthError> {
    let now = state.platform.clock().now();
    let mut transaction = Transaction::new(state.platform.store());
    let open = transaction.add(state.links.redeem::<ChangeAddress>(token));
    let taking = take(state, &mut transaction, email, account.id).await?;
    transaction.add(state.accounts.release(&Identifier::email(&account.email)));
    transaction.add(state.sessions.still_there(session));
    // Before the account has the new one: it is the old address that is told.
    let about = About::AddressChanged { at: mail::in_words(&account, now) };
    let mut entries = mail::tell_owner(state, &mut transaction, &account, about)?;
    email.clone_into(&mut account.email);
    account.end_sessions(now, Some(session.id));
    transaction.add(state.accounts.save(&mut account));
    state.accounts.put_members(&mut transaction, &account);
    entries.extend(state.accounts.announce(&mut transaction, &account)?);
    let revocations = state.platform.authenticator().revocations();
    let revocation = Revocation::new(account.id.0, Reach::Sessions, now).except(session.id);
    transaction.add(revocations.revoke(&revocation));
    let event = Event::own(session.tenant_id, account.id, Act::AddressChanged, device, now);
    transaction.add(state.audit.record(&event));
    match transaction.commit().await? {
        Commit::Done => {
            revocations.note(revocation);
            if let Some(leaving) = taking.leaving {
                revocations.note(leaving.revocation);
                entries.extend(leaving.entries);
            }
            state.platform.outbox().send(entries).await;
            Ok(true)
        }
        Commit::Refused(index) if index == open => Err(AuthError::TokenInvalid),
        Commit::Refused(index) if taking.is_refused_by(index) => Err(AuthError::EmailTaken),
        Commit::Refused(_) => Ok(false),
    }
}
