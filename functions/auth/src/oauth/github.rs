//! GitHub: OAuth 2 without ID tokens. Who somebody is, its API tells.

use reqwest::Url;
use serde::Deserialize;

use super::ProviderFault;
use super::model::{Names, Person};
use super::requests::Requests;

/// GitHub's endpoints.
#[derive(Debug)]
pub(super) struct Github {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    user: Url,
    emails: Url,
}

#[derive(Deserialize)]
struct User {
    /// A number that is never given to another account, unlike the login.
    id: u64,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl Github {
    pub(super) fn new(authorization_endpoint: Url, token_endpoint: Url, api: &Url) -> Result<Self, &'static str> {
        let base = api.as_str().trim_end_matches('/');
        let endpoint = |path: &str| format!("{base}{path}").parse().map_err(|_| "its apiBaseUrl is no address");
        Ok(Self { authorization_endpoint, token_endpoint, user: endpoint("/user")?, emails: endpoint("/user/emails")? })
    }

    /// Whose an access token is. Only his primary address counts, if it is verified.
    pub(super) async fn person(&self, requests: &Requests, access_token: &str) -> Result<Person, ProviderFault> {
        let token = Some(access_token);
        let user: User = requests.get(&self.user, token, "user").await?;
        let addresses: Vec<Address> = requests.get(&self.emails, token, "list of addresses").await?;
        let counts = addresses.into_iter().find(|address| address.primary && address.verified);
        let issuer = self.authorization_endpoint.origin().ascii_serialization();
        let names = Names::new(None, None, user.name.as_deref());
        Ok(Person::new(issuer, user.id.to_string(), counts.map(|address| address.email), names))
    }
}
