//! The caller of a request: a verified, unrevoked token and its tenant.

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Claims, Plan, Revocations, Role, Roles, TenantId, UserId, Verifier};
use crate::error::Error;
use crate::service::TenantHeader;

/// Who calls. Made from a verified token alone: to have one is to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    claims: Arc<Claims>,
}

impl Principal {
    /// The account.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.claims.sub
    }

    /// The tenant, from the token and nowhere else.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.claims.tenant_id
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> Uuid {
        self.claims.sid
    }

    /// The account's address.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.claims.email
    }

    /// Assigned roles in the tenant.
    #[must_use]
    pub fn roles(&self) -> &Roles {
        &self.claims.roles
    }

    /// The tenant's plan.
    #[must_use]
    pub fn plan(&self) -> Plan {
        self.claims.plan_tier
    }

    /// When the token ends.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.claims.expires_at()
    }

    /// What the token says.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Refuses a caller with too little role, then one whose plan is too low.
    pub fn require(&self, role: Option<Role>, plan: Option<Plan>) -> Result<(), Error> {
        if role.is_some_and(|role| !self.claims.roles.include(role)) {
            return Err(Error::Forbidden);
        }
        if plan.is_some_and(|plan| self.claims.plan_tier < plan) {
            return Err(Error::SubscriptionRequired);
        }
        Ok(())
    }

    /// The tenant rule: a header that names another tenant is refused for every role.
    pub fn check_tenant_header(&self, headers: &HeaderMap, mode: TenantHeader) -> Result<(), Error> {
        let mut named = headers.get_all("x-tenant-id").iter().peekable();
        if named.peek().is_none() && mode == TenantHeader::Required {
            return Err(Error::Forbidden);
        }
        let own = |value: &http::HeaderValue| {
            value.to_str().ok().and_then(|text| text.trim().parse::<TenantId>().ok()) == Some(self.tenant())
        };
        if named.all(own) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

/// Turns bearer tokens into principals.
#[derive(Debug)]
pub struct Authenticator {
    verifier: Verifier,
    revocations: Revocations,
}

impl Authenticator {
    /// An authenticator of these two.
    #[must_use]
    pub fn new(verifier: Verifier, revocations: Revocations) -> Self {
        Self { verifier, revocations }
    }

    /// The caller named by the `Authorization` header.
    pub async fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Error> {
        self.authenticate_token(bearer(headers).ok_or(Error::Unauthorized)?).await
    }

    /// The caller whose token this is.
    pub async fn authenticate_token(&self, token: &str) -> Result<Principal, Error> {
        let claims = self.verifier.verify(token).await?;
        if self.revocations.is_revoked(&claims).await? {
            return Err(Error::Unauthorized);
        }
        Ok(Principal { claims })
    }

    /// Whether a caller let in earlier has been revoked since.
    pub async fn is_revoked(&self, principal: &Principal) -> Result<bool, Error> {
        self.revocations.is_revoked(&principal.claims).await
    }

    /// What is revoked, for the service that revokes.
    #[must_use]
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }
}

/// The token of an `Authorization: Bearer` header (RFC 6750); exactly one such header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(http::header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
