//! Who calls, and with what device: for everything that is written into the audit log.

use axum::extract::FromRequestParts;
use http::request::Parts;
use shared::auth::Principal;
use shared::http::Refusal;

use crate::State;
use crate::audit::{Act, Event};
use crate::sessions::Device;

/// A signed-in caller.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) device: Device,
}

impl Caller {
    /// What he does with his own account, for the log of his tenant.
    pub(crate) fn event(&self, act: Act, state: &State) -> Event {
        let now = state.platform.clock().now();
        Event::own(self.principal.tenant(), self.principal.user(), act, &self.device, now)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let principal = Principal::from_request_parts(parts, state).await?;
        Ok(Self { principal, device: Device::from_request_parts(parts, state).await? })
    }
}
