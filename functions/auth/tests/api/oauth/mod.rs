//! Signing in by other providers.

mod flows;
mod linking;
mod provider;
mod resolution;
mod signing;
mod states;
mod tokens;

use serde_json::{Value, json};

use self::provider::{Fields, Provider};
use crate::support::{Answer, App, Call, T1};

/// auth, and a provider that it knows.
struct Setup {
    app: App,
    provider: Provider,
}

/// A sign-in that has begun.
struct Begun {
    who: &'static str,
    url: String,
    state: String,
    /// As the browser sends it back.
    cookie: String,
}

impl Setup {
    /// Where nobody may sign up.
    async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Where everybody may sign up into T1.
    async fn open() -> Self {
        Self::start_with(&[("DEFAULT_SIGNUP_TENANT_ID", &T1.to_string())]).await
    }

    async fn start_with(variables: &[(&str, &str)]) -> Self {
        let clock = jiff::Timestamp::from_second(1_800_000_000).unwrap();
        let clock = shared::clock::Clock::manual(clock);
        let provider = Provider::start(clock.clone()).await;
        let settings = provider.settings();
        let variables: Vec<_> = variables.iter().copied().chain([("OAUTH_PROVIDERS", settings.as_str())]).collect();
        Self { app: App::start_with_at(&variables, clock).await, provider }
    }

    async fn begin(&self, who: &'static str) -> Begun {
        let answer = self.app.get(&format!("/oauth/{who}/authorize")).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Begun { who, url: answer.text("/data/authorizationUrl"), state: answer.text("/data/state"), cookie }
    }

    /// Begins, and agrees at the provider.
    async fn come_back(&self, who: &'static str) -> (Begun, Fields) {
        let begun = self.begin(who).await;
        let back = self.provider.consent(&begun.url).await;
        assert_eq!(back["state"], begun.state);
        (begun, back)
    }

    /// The callback, by the same browser.
    fn callback(&self, begun: &Begun, back: &Fields) -> Call<'_> {
        self.call("callback", begun, back)
    }

    fn call(&self, what: &str, begun: &Begun, back: &Fields) -> Call<'_> {
        let body = json!({"code": back["code"], "state": back["state"]});
        self.app.post(&format!("/oauth/{}/{what}", begun.who), &body).header("cookie", &begun.cookie)
    }

    /// The whole of it.
    async fn sign_in(&self, who: &'static str) -> Answer {
        let (begun, back) = self.come_back(who).await;
        self.callback(&begun, &back).send().await
    }

    /// The whole of it, which works: `data`.
    async fn signed_in(&self, who: &'static str) -> Value {
        let answer = self.sign_in(who).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"].clone()
    }

    /// An explicit link to whose token it is.
    async fn link(&self, who: &'static str, token: &str) -> Answer {
        let (begun, back) = self.come_back(who).await;
        self.call("link", &begun, &back).bearer(token).send().await
    }

    /// The providers in the profile of whose token it is.
    async fn linked(&self, token: &str) -> Vec<String> {
        let profile = self.app.get("/profile").bearer(token).send().await.body;
        let identities = profile["data"]["identities"].as_array().unwrap();
        identities.iter().map(|identity| identity["provider"].as_str().unwrap().to_owned()).collect()
    }
}

fn token(data: &Value) -> String {
    data["accessToken"].as_str().unwrap_or_else(|| panic!("{data}")).to_owned()
}
