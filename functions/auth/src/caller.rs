//! Who calls, and with what device: for everything that is written into the audit log.

use axum::extract::FromRequestParts;
use http::request::Parts;
use shared::auth::Principal;
use shared::http::Refusal;

use crate::sessions::Device;

/// A signed-in caller.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) device: Device,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let principal = Principal::from_request_parts(parts, state).await?;
        Ok(Self { principal, device: Device::from_request_parts(parts, state).await? })
    }
}
