//! `DELETE /oauth/{provider}/link`: one way less into one's account.

use axum::extract::State as Extract;
use serde::Serialize;
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Reply};
use shared::jobs::About;
use utoipa::ToSchema;

use super::ProviderName;
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change};
use crate::{AuthError, State};

/// That it is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unlinked {
    /// Always true.
    unlinked: bool,
}

/// Unlinks a provider from one's own account, unless there is no other way in. Ends all other sessions. Needs a fresh
/// sign-in.
#[utoipa::path(
    delete, path = "/oauth/{provider}/link", operation_id = "unlinkIdentity", tag = "other providers",
    params(("provider" = String, Path, description = "google, microsoft, github or apple")),
    responses(
        (status = 200, body = Envelope<Unlinked>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 404, description = "NOT_FOUND: it is not linked; OAUTH_PROVIDER_UNKNOWN", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: it is the last way in", body = ErrorEnvelope),
    )
)]
pub(crate) async fn unlink_identity(
    Extract(state): Extract<State>,
    name: ProviderName,
    caller: Caller,
    idempotency: Idempotency,
) -> Result<Reply<Unlinked>, AuthError> {
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        change.require_fresh()?;
        let of_provider = |identity: &crate::accounts::Identity| identity.provider == name.as_str();
        let (gone, kept): (Vec<_>, Vec<_>) = change.account.identities.iter().cloned().partition(of_provider);
        let identity = gone.first().ok_or(Error::NotFound)?;
        if change.account.ways_in() <= 1 {
            return Err(AuthError::LastWayIn);
        }
        change.add(state.accounts.release_identity(identity));
        change.account.set_identities(kept);
        change.end_sessions();
        change.record(Act::IdentityUnlinked, |details| details.subject = Some(name.as_str().to_owned()));
        change.tell_owner(About::FactorRemoved { factor: name.label().to_owned(), at: change.now_in_words() })?;
        Ok(Reply::ok(Unlinked { unlinked: true }))
    })
    .await
}
