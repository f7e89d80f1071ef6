//! What comes back from a provider: a code, and the state that it belongs to.

use garde::Validate;
use http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

use super::ProviderName;
use super::model::Person;
use super::starter::Starter;
use crate::attempts::OAUTH_CODES;
use crate::sessions::Device;
use crate::{AuthError, State};

/// What the provider gave, and what only who began can know.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProviderCode {
    /// From the provider.
    #[garde(length(min = 1, max = 4096))]
    code: String,
    /// From `/oauth/{provider}/authorize`.
    #[garde(length(min = 1, max = 512))]
    pub(super) state: String,
    /// Of the `code_challenge` with which it began (RFC 7636); a browser sends its cookie instead.
    #[garde(inner(length(min = 43, max = 128)))]
    code_verifier: Option<String>,
}

impl ProviderCode {
    /// Who has signed in at the provider. Uses the state up, whatever comes of it.
    pub(super) async fn person(
        &self,
        state: &State,
        name: ProviderName,
        headers: &HeaderMap,
        device: &Device,
    ) -> Result<Person, AuthError> {
        let provider = state.oauth.provider(name)?;
        state.attempts.admit(OAUTH_CODES, &device.address).await?;
        let starter = Starter::of_request(headers, &self.state, self.code_verifier.as_deref());
        let starter = starter.ok_or(AuthError::OauthStateInvalid)?;
        let begun = state.oauth.states.finish(&self.state, name, &starter).await?;
        let mut person = provider.identify(&self.code, &begun).await?;
        if let Some(names) = begun.told_names {
            person.names = names;
        }
        Ok(person)
    }
}
