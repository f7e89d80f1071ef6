//! The guard in front of each route: token, tenant, role, plan, body, then idempotency.

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use super::RequestContext;
use super::body;
use super::idempotency::{Idempotency, keep_answer};
use super::reply::{Refusal, refuse};
use super::rule::{Access, Rule};
use crate::auth::{Principal, UserId};
use crate::error::Error;
use crate::platform::Platform;

/// A route's rule and what it takes to apply it.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    pub(super) rule: Rule,
    pub(super) platform: Platform,
}

/// Lets a request through to its handler, or answers it.
pub(super) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(error) = guard.admit(&mut parts).await {
        body::drain(body).await;
        return refuse(&error).into_response();
    }
    let bytes = match body::read(body, guard.rule.body_limit).await {
        Ok(bytes) => bytes,
        Err(error) => return refuse(&error).into_response(),
    };
    let idempotency = match Idempotency::of_request(&guard.platform, &parts, &bytes) {
        Ok(idempotency) => idempotency,
        Err(error) => return refuse(&error).into_response(),
    };
    let Some(idempotency) = idempotency else {
        return next.run(Request::from_parts(parts, Body::from(bytes))).await;
    };
    match idempotency.replay().await {
        Ok(Some(kept)) => return kept.into_response(),
        Ok(None) => {}
        Err(error) => return refuse(&error).into_response(),
    }
    parts.extensions.insert(idempotency.clone());
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    keep_answer(&idempotency, response).await
}

impl Guard {
    /// Verifies the internal key; or the token, the tenant header, the role and the plan, in this order.
    async fn admit(&self, parts: &mut Parts) -> Result<(), Error> {
        let (role, plan, own) = match self.rule.access {
            Access::Public => return Ok(()),
            Access::Internal => return self.platform.internal_keys().check(&parts.headers),
            Access::Bearer { role, plan, own } => (role, plan, own),
        };
        let principal = self.platform.authenticator().authenticate(&parts.headers).await?;
        if let Some(context) = RequestContext::current() {
            context.set_tenant(principal.tenant());
        }
        principal.check_tenant_header(&parts.headers, self.platform.service().tenant_header)?;
        let role = if own && names_user(parts, principal.user()).await { None } else { role };
        principal.require(role, plan)?;
        parts.extensions.insert(principal);
        Ok(())
    }
}

/// Whether the path's `{userId}` is `user`.
async fn names_user(parts: &mut Parts, user: UserId) -> bool {
    let Ok(params) = RawPathParams::from_request_parts(parts, &()).await else {
        return false;
    };
    params.iter().any(|(name, value)| name == "userId" && value.parse().is_ok_and(|id| UserId(id) == user))
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Refusal;

    /// Finds whom the guard let in. On a route declared public there is nobody, whatever the
    /// handler asks for.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::Unauthorized.into())
    }
}
