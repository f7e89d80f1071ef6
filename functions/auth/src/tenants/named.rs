//! The `x-tenant-id` of a request that comes without an access token.

use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::request::Parts;
use shared::Error;
use shared::auth::TenantId;
use shared::http::Refusal;

/// The tenant that a public request names, if any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedTenant(pub(crate) Option<TenantId>);

impl NamedTenant {
    /// Refuses a request that names another tenant than its session's.
    pub(crate) fn check(self, tenant: TenantId) -> Result<(), Error> {
        if self.0.is_none_or(|named| named == tenant) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for NamedTenant {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let values: Vec<&HeaderValue> = parts.headers.get_all("x-tenant-id").iter().collect();
        let parsed = match values.as_slice() {
            [] => return Ok(Self(None)),
            [value] => value.to_str().ok().and_then(|text| text.trim().parse().ok()),
            _ => None,
        };
        match parsed {
            Some(tenant) => Ok(Self(Some(tenant))),
            None => Err(Error::field("x-tenant-id", "must be one UUID").into()),
        }
    }
}
