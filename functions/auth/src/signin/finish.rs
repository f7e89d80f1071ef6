//! The one transaction in which every sign-in ends.

use shared::auth::TenantId;
use shared::ids;
use shared::jobs::{Entry, Fact, Job, QueueName, SignInMethod, SignInOutcome};
use shared::store::{Commit, Transaction};

use crate::accounts::Account;
use crate::sessions::{Device, Session, Tokens};
use crate::{AuthError, State};

/// How a sign-in's transaction ended.
#[must_use]
pub(super) enum SignIn {
    /// Somebody is signed in.
    Done(Box<Tokens>),
    /// The action with this index was refused; nothing is written.
    Refused(usize),
}

/// Commits `transaction` with a new session and the fact of the sign-in, and answers with tokens.
pub(super) async fn begin_session(
    state: &State,
    mut transaction: Transaction,
    account: &Account,
    tenant: TenantId,
    device: Device,
    method: SignInMethod,
) -> Result<SignIn, AuthError> {
    let now = state.platform.clock().now();
    let session = Session::begin(ids::at(now), account.id, tenant, device, now);
    let (begin, refresh_token) = state.sessions.begin(session.clone())?;
    transaction.add(begin);
    let entries = add_fact(state, &mut transaction, account, tenant, method, SignInOutcome::Success)?;
    // Signed before the commit: a failure here must not leave a session that nobody has.
    let tokens = Tokens::issue(state, account, &session, refresh_token).await?;
    match transaction.commit().await? {
        Commit::Done => {
            state.platform.outbox().send(entries).await;
            Ok(SignIn::Done(Box::new(tokens)))
        }
        Commit::Refused(index) => Ok(SignIn::Refused(index)),
    }
}

/// Adds the fact of a sign-in, for reports.
pub(super) fn add_fact(
    state: &State,
    transaction: &mut Transaction,
    account: &Account,
    tenant: TenantId,
    method: SignInMethod,
    outcome: SignInOutcome,
) -> Result<Vec<Entry>, AuthError> {
    let at = state.platform.clock().now();
    let fact = Fact::SignIn { id: ids::at(at), tenant_id: tenant, user_id: account.id, method, outcome, at };
    Ok(state.platform.outbox().add(transaction, QueueName::Reports, tenant, &Job::Fact(fact), None)?)
}
