//! Signing in by another provider: OpenID Connect (Google, Microsoft, Apple) and OAuth 2 (GitHub), always with the code
//! flow, PKCE, and a state that only who began can finish.

mod apple;
pub(crate) mod apple_form;
pub(crate) mod authorize;
mod cached;
pub(crate) mod callback;
mod fault;
mod finish;
mod github;
mod id_token;
mod keys;
pub(crate) mod link;
mod model;
mod oidc;
mod provider;
mod requests;
mod settings;
mod sign_in;
mod starter;
mod store;
pub(crate) mod unlink;

use shared::Platform;
use shared::config::{ConfigError, Env};

use self::provider::Provider;
use self::store::States;
use crate::AuthError;

pub use fault::ProviderFault;
pub use model::{LinkedIdentity, ProviderName};

/// The configured providers, and the sign-ins that have begun at them.
pub struct Oauth {
    providers: Vec<Provider>,
    states: States,
    /// The application's page that Apple's callback leads to.
    apple_page: String,
}

impl Oauth {
    /// Reads `OAUTH_PROVIDERS` and `OAUTH_REDIRECT_URI`; no provider is called yet.
    pub(crate) fn from_env(env: &Env, platform: &Platform) -> Result<Self, ConfigError> {
        let page = settings::page(env)?;
        Ok(Self {
            providers: settings::providers(env, platform, &page)?,
            states: States::new(platform.table().clone(), platform.clock().clone()),
            apple_page: settings::page_of(&page, ProviderName::Apple),
        })
    }

    /// A provider, if it is configured.
    fn provider(&self, name: ProviderName) -> Result<&Provider, AuthError> {
        let found = self.providers.iter().find(|provider| provider.name == name);
        found.ok_or_else(|| shared::Error::unavailable(format!("{} is not configured", name.label())).into())
    }
}
