//! `POST /oauth/{provider}/link`: one more way into one's account.

use axum::extract::State as Extract;
use http::HeaderMap;
use shared::Error;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::jobs::About;

use super::finish::ProviderCode;
use super::{LinkedIdentity, ProviderName};
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change, require_fresh};
use crate::{AuthError, State};

/// Links the identity that the provider names to one's own account; it began with `/oauth/{provider}/authorize` like a
/// sign-in, in the same browser or program. Of each provider an account has one identity. Ends all other sessions.
/// Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/oauth/{provider}/link", operation_id = "linkIdentity", tag = "other providers",
    request_body = ProviderCode,
    params(("provider" = String, Path, description = "google, microsoft, github or apple")),
    responses(
        (status = 201, body = Envelope<LinkedIdentity>),
        (status = 400, description = "OAUTH_STATE_INVALID: begun elsewhere, used or too old; VALIDATION_FAILED or INVALID_JSON", body = ErrorEnvelope),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 404, description = "OAUTH_PROVIDER_UNKNOWN", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the identity is somebody else's, or one of this provider is linked already", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
        (status = 502, description = "OAUTH_PROVIDER_ERROR: it refuses the code, does not answer, or says what cannot be believed", body = ErrorEnvelope),
        (status = 503, description = "UNAVAILABLE: the provider is not configured", body = ErrorEnvelope),
    )
)]
pub(crate) async fn link_identity(
    Extract(state): Extract<State>,
    name: ProviderName,
    caller: Caller,
    idempotency: Idempotency,
    headers: HeaderMap,
    Json(request): Json<ProviderCode>,
) -> Result<Reply<LinkedIdentity>, AuthError> {
    // Before the code is used: it cannot be shown again after a step-up.
    require_fresh(&state, &caller).await?;
    idempotency.hold().await?;
    let person = request.person(&state, name, &headers, &caller.device).await?;
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        change.require_fresh()?;
        let identity = person.identity(name, change.now);
        let reply = Reply::created(LinkedIdentity::from(&identity));
        let identities = change.account.identities_with(identity.clone())?;
        change.guard(state.accounts.claim_identity(&identity, change.account.id), Error::Conflict.into());
        change.account.set_identities(identities);
        change.end_sessions();
        change.record(Act::IdentityLinked, |details| details.subject = Some(name.as_str().to_owned()));
        change.tell_owner(About::FactorAdded { factor: name.label().to_owned(), at: change.now_in_words() })?;
        Ok(reply)
    })
    .await
}
