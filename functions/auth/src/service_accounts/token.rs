//! `POST /token`: an access token for a machine (the client credentials grant of RFC 6749, in JSON).

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::http::{Envelope, ErrorEnvelope, Json, Reply};
use shared::{Error, ids, seal};
use utoipa::ToSchema;

use super::ServiceAccount;
use crate::attempts::{ADDRESS, SIGN_IN};
use crate::audit::{Act, Event};
use crate::keys::Subject;
use crate::sessions::Device;
use crate::{AuthError, State};

/// What a machine shows.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenRequest {
    /// The one grant there is. RFC 6749's own spelling of these names, `grant_type`, is taken, too.
    #[serde(alias = "grant_type")]
    #[garde(skip)]
    #[schema(inline)]
    grant_type: GrantType,
    /// From `/service-accounts`.
    #[serde(alias = "client_id")]
    #[garde(length(min = 1, max = 128))]
    client_id: String,
    /// From `/service-accounts`.
    #[serde(alias = "client_secret")]
    #[garde(length(min = 1, max = 128))]
    client_secret: String,
}

/// How a machine gets a token.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// By its own secret.
    ClientCredentials,
}

/// A token for a machine. There is no refresh token: it asks again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceToken {
    /// A JWT for `Authorization: Bearer`.
    access_token: String,
    /// Lifetime of the access token, in seconds.
    #[schema(example = 900)]
    expires_in: u64,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
}

/// Answers with an access token for a service account.
#[utoipa::path(
    post, path = "/token", operation_id = "issueServiceToken", tag = "service accounts", request_body = TokenRequest,
    responses(
        (status = 200, body = Envelope<ServiceToken>),
        (status = 401, description = "INVALID_CREDENTIALS", body = ErrorEnvelope),
        (status = 423, description = "ACCOUNT_LOCKED; see `Retry-After`", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn issue_service_token(
    Extract(state): Extract<State>,
    device: Device,
    Json(request): Json<TokenRequest>,
) -> Result<Reply<ServiceToken>, AuthError> {
    let GrantType::ClientCredentials = request.grant_type;
    let (client, address) = (format!("{}|{}", request.client_id, device.address), &device.address);
    let attempt = state.attempts.admit_or_lock(SIGN_IN, &client).await?;
    let from_address = state.attempts.admit(ADDRESS, address).await?;
    let Some(account) = find(&state, &request).await? else {
        record_wrong_secret(&state, &device, &request.client_id).await?;
        return Err(AuthError::InvalidCredentials);
    };
    let tenant = state.tenants.get(account.tenant_id).await?;
    let tenant = tenant.ok_or_else(|| Error::internal("a service account without its tenant"))?;
    let now = state.platform.clock().now();
    let (email, session) = (account.email(), ids::at(now.max(account.tokens_valid_from)));
    let subject = Subject { id: account.id, email: &email, roles: &account.roles, session };
    let access_token = state.keys.sign(&subject, &tenant).await?;
    let event = Event::own(account.tenant_id, account.id, Act::ServiceTokenIssued, &device, now);
    tokio::try_join!(
        state.attempts.give_back(SIGN_IN, &client, attempt),
        state.attempts.give_back(ADDRESS, address, from_address),
        state.audit.record(&event).run(),
    )?;
    let expires_in = state.keys.access_ttl();
    Ok(Reply::ok(ServiceToken { access_token, expires_in, token_type: "Bearer" }))
}

/// The service account whose secret was shown. A secret has 256 bits, so its digest tells nothing of it, and how long
/// two digests compare tells nothing either.
async fn find(state: &State, request: &TokenRequest) -> Result<Option<ServiceAccount>, Error> {
    let Some((tenant, id)) = ServiceAccount::parse_client_id(&request.client_id) else { return Ok(None) };
    let found = state.service_accounts.get(tenant, id).await?;
    let digest = seal::digest(request.client_secret.as_bytes());
    Ok(found.filter(|account| account.secret_digest == digest))
}

/// In the log of the tenant that the client id names.
async fn record_wrong_secret(state: &State, device: &Device, client_id: &str) -> Result<(), Error> {
    let Some((tenant, id)) = ServiceAccount::parse_client_id(client_id) else { return Ok(()) };
    let Some(tenant) = state.tenants.get(tenant).await? else { return Ok(()) };
    let event = Event::new(tenant.id, Act::ServiceTokenIssued, state.platform.clock().now()).from(device);
    let event = event.failed("invalidCredentials").with(|details| details.subject = Some(id.to_string()));
    // Without a condition there is nothing to refuse.
    state.audit.record(&event).run().await.map(|_| ())
}
