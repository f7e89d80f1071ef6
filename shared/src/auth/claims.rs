//! What an access token says (RFC 9068).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Plan, Roles, TenantId, UserId};

/// The `typ` header of our access tokens.
pub const TOKEN_TYPE: &str = "at+jwt";

/// The claims of an access token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    /// Issuer, from configuration.
    pub iss: String,
    /// Audience, from configuration.
    pub aud: String,
    /// The account.
    pub sub: UserId,
    /// The tenant that the token is for.
    pub tenant_id: TenantId,
    /// The account's address.
    pub email: String,
    /// Assigned roles in that tenant.
    pub roles: Roles,
    /// That tenant's plan.
    pub plan_tier: Plan,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Expires at, seconds since 1970.
    pub exp: i64,
    /// The token's own id, a `UUIDv7`: its millisecond decides whether a revocation came later.
    pub jti: Uuid,
    /// The session, a `UUIDv7` made when it began.
    pub sid: Uuid,
}

impl Claims {
    /// When the token expires.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_second(self.exp).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// When the session began, in milliseconds since 1970.
    #[must_use]
    pub fn session_began_millis(&self) -> i64 {
        crate::ids::made_at_millis(&self.sid).unwrap_or(i64::MIN)
    }

    /// When the token was issued, in milliseconds since 1970.
    #[must_use]
    pub fn issued_at_millis(&self) -> i64 {
        crate::ids::made_at_millis(&self.jti).unwrap_or(self.iat.saturating_mul(1000))
    }
}
