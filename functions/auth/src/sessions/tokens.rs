//! The answer of every successful sign-in and refresh.

use serde::Serialize;
use shared::Error;
use shared::auth::{Plan, Roles, TenantId, UserId};
use utoipa::ToSchema;

use super::Session;
use crate::accounts::Account;
use crate::keys::Subject;
use crate::{AuthError, State};

/// A pair of tokens and whose they are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// A JWT for `Authorization: Bearer`.
    access_token: String,
    /// Opaque; good for one refresh. Clients must not parse it.
    refresh_token: String,
    /// Lifetime of the access token, in seconds.
    #[schema(example = 900)]
    expires_in: u64,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Who signed in.
    user: SignedIn,
}

/// Who signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    id: UserId,
    email: String,
    username: Option<String>,
    display_name: String,
    roles: Roles,
    tenant_id: TenantId,
    plan_tier: Plan,
}

impl Tokens {
    /// Signs an access token for `session` and answers with both.
    pub(crate) async fn issue(
        state: &State,
        account: &Account,
        session: &Session,
        refresh_token: String,
    ) -> Result<Self, AuthError> {
        let membership = account.membership(Some(session.tenant_id)).map_err(|_| AuthError::TokenRevoked)?;
        let tenant = state.tenants.get(session.tenant_id).await?;
        let tenant = tenant.ok_or_else(|| Error::internal("a membership without its tenant"))?;
        let subject = Subject { id: account.id, email: &account.email, roles: &membership.roles, session: session.id };
        Ok(Self {
            access_token: state.keys.sign(&subject, &tenant).await?,
            refresh_token,
            expires_in: state.keys.access_ttl(),
            token_type: "Bearer",
            user: SignedIn {
                id: account.id,
                email: account.email.clone(),
                username: account.username.clone(),
                display_name: account.display_name(),
                roles: membership.roles.clone(),
                tenant_id: tenant.id,
                plan_tier: tenant.plan,
            },
        })
    }
}
