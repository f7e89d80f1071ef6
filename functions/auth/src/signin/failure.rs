//! Failed sign-ins in the audit log.

use shared::Error;
use shared::auth::SYSTEM_TENANT;
use shared::jobs::SignInMethod;
use shared::seal::{self, Purpose};

use crate::State;
use crate::accounts::Account;
use crate::audit::{Act, Event};
use crate::sessions::Device;

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
