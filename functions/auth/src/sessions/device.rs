//! The device of a request, as sessions remember it.

use axum::extract::FromRequestParts;
use http::header::USER_AGENT;
use http::request::Parts;
use shared::http::{ClientAddress, Refusal};

use super::Device;

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let address = ClientAddress::from_request_parts(parts, state).await?;
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self::new(user_agent, address.to_string()))
    }
}
