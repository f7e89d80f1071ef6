//! Failed sign-ins in the audit log.

use shared::auth::{SYSTEM_TENANT, TenantId};
use shared::jobs::SignInMethod;
use shared::seal::{self, Purpose};
use shared::{Error, ServiceError};

use crate::accounts::Account;
use crate::audit::{Act, Event};
use crate::caller::Caller;
use crate::sessions::Device;
use crate::{AuthError, State};

const PURPOSE: Purpose = "audited identifier";

/// Records that somebody failed to sign in: in the account's own tenant, or in the platform's if nobody has this
/// identifier. Of that only an HMAC is kept: it may be a password in the wrong field.
pub(crate) async fn record_failure(
    state: &State,
    account: Option<&Account>,
    identifier: &str,
    device: &Device,
    method: SignInMethod,
    reason: &str,
) -> Result<(), Error> {
    let now = state.platform.clock().now();
    let tag = seal::digest(&state.platform.sealer().mac(PURPOSE, identifier.as_bytes())?);
    let tenant = account.map_or(SYSTEM_TENANT, Account::home);
    let mut event = Event::new(tenant, Act::SignedIn, now).from(device).failed(reason);
    event.user = account.map(|account| account.id);
    let event = event.with(|details| {
        details.method = Some(method);
        details.identifier = account.is_none().then_some(tag);
    });
    // Without a condition there is nothing to refuse.
    state.audit.record(&event).run().await.map(|_| ())
}

/// Where an account signs in to, or why it may not; the latter is recorded.
pub(crate) async fn admit(
    state: &State,
    account: &Account,
    named: Option<TenantId>,
    device: &Device,
    method: SignInMethod,
) -> Result<TenantId, AuthError> {
    let allowed = account.check_may_sign_in().and_then(|()| Ok(account.membership(named)?.tenant_id));
    if let Err(refusal) = &allowed {
        record_failure(state, Some(account), "", device, method, refusal.problem().code).await?;
    }
    allowed
}

/// Records that somebody who is signed in failed to show again who he is.
pub(crate) async fn record_wrong_proof(state: &State, caller: &Caller, act: Act, reason: &str) -> Result<(), Error> {
    // Without a condition there is nothing to refuse.
    state.audit.record(&caller.event(act, state).failed(reason)).run().await.map(|_| ())
}
