//! What must be remembered between a ceremony's options and its answer. Each is good once, for five minutes.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `USER#<id>` | `REGISTRATION#<id>` | the challenge of somebody who adds a passkey |
//! | `AUTHENTICATION#<id>` | `CEREMONY` | the challenge of somebody who is not known yet |

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::Error;
use shared::auth::UserId;
use shared::clock::Clock;
use shared::store::{Action, Key, Table};
use utoipa::ToSchema;
use uuid::Uuid;

/// How long somebody may take to find his authenticator; webauthn-rs tells browsers the same.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The ceremonies that are under way.
#[derive(Clone, Debug)]
pub struct Ceremonies {
    table: Table,
    clock: Clock,
}

/// A ceremony by its id.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ceremony {
    /// This account adds a passkey; for every other one it does not exist.
    Registration(UserId, Uuid),
    /// Somebody shows a passkey.
    Authentication(Uuid),
}

/// What a browser needs for a ceremony.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyOptions {
    /// To be sent along with the credential, within five minutes.
    pub(super) ceremony_id: Uuid,
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    #[schema(value_type = Object)]
    pub(super) public_key: Value,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row<S> {
    state: S,
    expires_at: Timestamp,
    ttl: i64,
}

impl Ceremonies {
    /// Ceremonies in `table`.
    #[must_use]
    pub fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// The write of a ceremony that begins.
    pub(super) fn begin(&self, ceremony: Ceremony, state: &impl Serialize) -> Action {
        let expires_at = self.clock.now() + LIFETIME;
        self.table.put(&ceremony.key(), &Row { state, expires_at, ttl: expires_at.as_second() }).if_absent()
    }

    /// What is remembered of a ceremony. It stays open until [`Ceremonies::end`].
    pub(super) async fn find<S: DeserializeOwned>(&self, ceremony: Ceremony) -> Result<Option<S>, Error> {
        let row: Option<Row<S>> = self.table.get(&ceremony.key()).await?;
        Ok(row.filter(|row| self.clock.now() < row.expires_at).map(|row| row.state))
    }

    /// The write that ends a ceremony, once.
    pub(super) fn end(&self, ceremony: Ceremony) -> Action {
        self.table.delete(&ceremony.key()).if_present()
    }
}

impl Ceremony {
    fn key(self) -> Key {
        match self {
            Self::Registration(user, id) => Key::new(format!("USER#{user}"), format!("REGISTRATION#{id}")),
            Self::Authentication(id) => Key::new(format!("AUTHENTICATION#{id}"), "CEREMONY"),
        }
    }
}
