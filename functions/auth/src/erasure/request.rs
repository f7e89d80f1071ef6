//! `DELETE /profile`: erases one's own account, here at once and in every service by a job.

use axum::extract::State as Extract;
use jiff::SignedDuration;
use shared::auth::{Reach, Revocation};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Reply};
use shared::jobs::{self, Entry, QueueName, UserErased};
use shared::seal::Purpose;
use shared::store::{TextSet, Transaction};
use shared::{Error, ids};

use super::model::{Contact, Erasure, ErasureView};
use crate::accounts::Account;
use crate::audit::{Act, Event};
use crate::caller::Caller;
use crate::jobs::Job;
use crate::{AuthError, State};

pub(super) const PURPOSE: Purpose = "erased contact";
/// After this no request is under way that began before, and the indexes show what it wrote.
const SETTLING: SignedDuration = SignedDuration::from_mins(5);
/// How often the account may change meanwhile.
const ROUNDS: usize = 5;
/// Who else knows of accounts: by the name in its receipts, and its queue.
const SERVICES: [(&str, QueueName); 4] = [
    ("chat", QueueName::Chat),
    ("notify", QueueName::Notify),
    ("reports", QueueName::Reports),
    ("search", QueueName::Search),
];

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
        let gone = transaction.add(state.accounts.delete(&account));
        state.accounts.release_all(&mut transaction, &account);
        let revocations = state.platform.authenticator().revocations();
        let revocation = Revocation::new(user.0, Reach::Sessions, now);
        transaction.add(revocations.revoke(&revocation));
        let (erasure, entries) = begin(&state, &mut transaction, &account)?;
        // Nothing that leads to a person: the erasure's id opens its receipt.
        transaction.add(state.audit.record(&Event::new(account.home(), Act::ErasureRequested, now)));
        match idempotency.commit(transaction, Reply::accepted(erasure.into())).await? {
            Finished::Reply(reply) => {
                revocations.note(revocation);
                state.platform.outbox().send(entries).await;
                return Ok(reply);
            }
            Finished::Refused(index) if index == gone => {}
            // Of all other writes, those alone have a condition that keep a tenant its last admin.
            Finished::Refused(_) => return Err(Error::Conflict.into()),
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}

/// Adds the erasure, and the jobs by which it is done.
fn begin(state: &State, transaction: &mut Transaction, account: &Account) -> Result<(Erasure, Vec<Entry>), AuthError> {
    let now = state.platform.clock().now();
    let (id, home) = (ids::at(now), account.home());
    let tenants = account.memberships.iter().map(|membership| membership.tenant_id);
    let tenants = tenants.chain(account.former_tenants.iter().copied()).collect();
    let erased = UserErased { erasure_id: id, user_id: account.id, tenants };
    let (mut services, mut entries) = (vec!["auth".to_owned()], Vec::new());
    let outbox = state.platform.outbox();
    for (name, queue) in SERVICES {
        let added = outbox.add(transaction, queue, home, &jobs::Job::UserErased(erased.clone()), None)?;
        if !added.is_empty() {
            services.push(name.to_owned());
        }
        entries.extend(added);
    }
    let (now_job, later_job) = (Job::EraseAccount(erased.clone()), Job::FinishErasure(erased));
    entries.extend(outbox.add(transaction, QueueName::Auth, home, &now_job, None)?);
    entries.extend(outbox.add(transaction, QueueName::Auth, home, &later_job, Some(now + SETTLING))?);
    let contact = Contact { email: account.email.clone(), locale: account.profile.locale.clone() };
    let contact = serde_json::to_vec(&contact).map_err(Error::internal)?;
    let erasure = Erasure {
        id,
        user_id: account.id,
        home,
        requested_at: now,
        awaited: TextSet(services.clone()),
        services,
        sealed_contact: Some(state.platform.sealer().seal(PURPOSE, id.as_bytes(), &contact)?),
        completed_at: None,
        receipt: None,
    };
    transaction.add(state.erasures.create(&erasure));
    Ok((erasure, entries))
}
