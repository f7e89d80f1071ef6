//! Sign-ins that have begun at a provider: `OAUTH#<digest of the state>` / `STATE`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::clock::Clock;
use shared::store::{Key, Table};
use shared::{Error, ids, seal};

use super::model::Names;
use super::starter::Starter;
use super::{AuthError, ProviderName};

/// How long somebody may take at the provider.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The states.
#[derive(Clone, Debug)]
pub(super) struct States {
    table: Table,
    clock: Clock,
}

/// What belongs to a state.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Begun {
    provider: ProviderName,
    /// Who began, and alone may finish.
    starter: Starter,
    /// What the ID token must hold.
    pub(super) nonce: String,
    /// PKCE between us and the provider (RFC 7636).
    pub(super) verifier: String,
    /// What the provider said before the callback: Apple tells a name once, and only there.
    pub(super) told_names: Option<Names>,
    finished: bool,
    expires_at: Timestamp,
    ttl: i64,
}

impl States {
    pub(super) fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// Keeps a new state.
    pub(super) async fn begin(&self, state: &str, provider: ProviderName, starter: Starter) -> Result<Begun, Error> {
        let expires_at = self.clock.now() + LIFETIME;
        let begun = Begun {
            provider,
            starter,
            nonce: secret()?,
            verifier: secret()?,
            told_names: None,
            finished: false,
            expires_at,
            ttl: expires_at.as_second(),
        };
        if self.table.put(&key(state), &begun).if_absent().run().await? {
            Ok(begun)
        } else {
            Err(Error::internal("a new state is there already"))
        }
    }

    /// Keeps the names that came with a state; of an unknown one nothing.
    pub(super) async fn tell_names(&self, state: &str, names: &Names) -> Result<(), Error> {
        let told = self.table.update(&key(state), "SET toldNames = :names").if_present().value(":names", names);
        told.run().await.map(|_| ())
    }

    /// Uses a state up: once, in time, at its provider, and by who began. Anybody else leaves it as it is.
    pub(super) async fn finish(
        &self,
        state: &str,
        provider: ProviderName,
        starter: &Starter,
    ) -> Result<Begun, AuthError> {
        let finished = self
            .table
            .update(&key(state), "SET finished = :true")
            .when("finished = :false AND expiresAt > :now AND provider = :provider AND starter = :starter")
            .value(":true", true)
            .value(":false", false)
            .value(":now", self.clock.now())
            .value(":provider", provider)
            .value(":starter", starter);
        finished.run_and_read().await?.ok_or(AuthError::OauthStateInvalid)
    }
}

/// 256 bits that nobody guesses, as text.
pub(super) fn secret() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(ids::random::<32>()?))
}

fn key(state: &str) -> Key {
    Key::new(format!("OAUTH#{}", seal::digest(state.as_bytes())), "STATE")
}
