//! One configured provider: where it is asked, and whom it names.

use std::time::Duration;

use serde::Deserialize;
use shared::clock::Clock;

use super::apple::TeamKey;
use super::github::Github;
use super::model::Person;
use super::oidc::Oidc;
use super::requests::Requests;
use super::starter::s256;
use super::store::Begun;
use super::{ProviderFault, ProviderName};

/// How long the whole conversation about one sign-in may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A provider that is configured.
pub(super) struct Provider {
    pub(super) name: ProviderName,
    pub(super) client_id: String,
    pub(super) secret: ClientSecret,
    pub(super) protocol: Protocol,
    /// Where it sends people back to: exactly what is registered there.
    pub(super) redirect_uri: String,
    pub(super) clock: Clock,
    pub(super) requests: Requests,
}

/// How we show that we are its client.
pub(super) enum ClientSecret {
    /// A shared secret.
    Shared(String),
    /// Apple: a key.
    Signed(TeamKey),
}

/// What it speaks.
pub(super) enum Protocol {
    /// OpenID Connect.
    Oidc(Oidc),
    /// OAuth 2, and an API.
    Github(Github),
}

/// What is read of the token endpoint's answer.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    id_token: Option<String>,
}

impl Provider {
    /// Where somebody goes to sign in.
    pub(super) async fn authorization_url(&self, state: &str, begun: &Begun) -> Result<String, ProviderFault> {
        let (mut url, scope) = match &self.protocol {
            Protocol::Oidc(oidc) => {
                let discovery = within(oidc.discovery(&self.requests)).await?;
                let scope = if self.posts_a_form() { "openid email name" } else { "openid email profile" };
                (discovery.authorization_endpoint.clone(), scope)
            }
            Protocol::Github(github) => (github.authorization_endpoint.clone(), "read:user user:email"),
        };
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", scope),
            ("state", state),
            ("code_challenge", &s256(&begun.verifier)),
            ("code_challenge_method", "S256"),
        ]);
        if matches!(self.protocol, Protocol::Oidc(_)) {
            url.query_pairs_mut().append_pair("nonce", &begun.nonce);
        }
        if self.posts_a_form() {
            url.query_pairs_mut().append_pair("response_mode", "form_post");
        }
        Ok(url.into())
    }

    /// Who has signed in: exchanges the code, and believes only what is proven.
    pub(super) async fn identify(&self, code: &str, begun: &Begun) -> Result<Person, ProviderFault> {
        within(async {
            let granted = self.exchange(code, &begun.verifier).await?;
            match &self.protocol {
                Protocol::Oidc(oidc) => {
                    let id_token = granted.id_token.ok_or(ProviderFault::IdToken("there is none"))?;
                    oidc.person(&self.requests, &id_token, (&self.client_id, &begun.nonce)).await
                }
                Protocol::Github(github) => github.person(&self.requests, &granted.access_token).await,
            }
        })
        .await
    }

    async fn exchange(&self, code: &str, verifier: &str) -> Result<Granted, ProviderFault> {
        let (endpoint, issuer) = match &self.protocol {
            Protocol::Oidc(oidc) => (oidc.discovery(&self.requests).await?.token_endpoint.clone(), oidc.issuer()),
            Protocol::Github(github) => (github.token_endpoint.clone(), ""),
        };
        let secret = match &self.secret {
            ClientSecret::Shared(secret) => secret.clone(),
            ClientSecret::Signed(key) => key.secret(&self.client_id, issuer, self.clock.now())?,
        };
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("client_id", &self.client_id),
            ("client_secret", &secret),
            ("code_verifier", verifier),
        ];
        self.requests.post_form(&endpoint, &fields, "token answer").await
    }

    /// Apple comes back by a form, since it tells a name.
    fn posts_a_form(&self) -> bool {
        self.name == ProviderName::Apple
    }
}

async fn within<T>(asking: impl Future<Output = Result<T, ProviderFault>>) -> Result<T, ProviderFault> {
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or(Err(ProviderFault::TooSlow))
}
