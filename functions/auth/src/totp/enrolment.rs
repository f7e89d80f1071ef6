//! A TOTP secret that was shown and not confirmed yet: `USER#<id>` / `TOTP-ENROLMENT`.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::UserId;
use shared::clock::Clock;
use shared::store::{Action, Key, Table};

/// How long somebody may take to scan a picture.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The enrolments.
#[derive(Clone, Debug)]
pub struct Enrolments {
    table: Table,
    clock: Clock,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    sealed_secret: String,
    expires_at: Timestamp,
    ttl: i64,
}

impl Enrolments {
    /// Enrolments in `table`.
    #[must_use]
    pub fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// The write of an enrolment; it takes the place of an earlier one.
    pub(super) fn begin(&self, user: UserId, sealed_secret: String) -> Action {
        let expires_at = self.clock.now() + LIFETIME;
        self.table.put(&key(user), &Row { sealed_secret, expires_at, ttl: expires_at.as_second() })
    }

    /// The sealed secret that waits to be confirmed.
    pub(super) async fn find(&self, user: UserId) -> Result<Option<String>, Error> {
        let row: Option<Row> = self.table.get(&key(user)).await?;
        Ok(row.filter(|row| self.clock.now() < row.expires_at).map(|row| row.sealed_secret))
    }

    /// The write that ends it, if it is still that of `sealed_secret`.
    pub(super) fn finish(&self, user: UserId, sealed_secret: &str) -> Action {
        self.table.delete(&key(user)).when("sealedSecret = :read").value(":read", sealed_secret)
    }
}

fn key(user: UserId) -> Key {
    Key::new(format!("USER#{user}"), "TOTP-ENROLMENT")
}
