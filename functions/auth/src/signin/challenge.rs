//! A sign-in that waits for a second factor: `MFA#<digest of its token>` / `CHALLENGE`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::clock::Clock;
use shared::jobs::SignInMethod;
use shared::store::{Action, Key, Table};
use shared::{Error, ids, seal};

use crate::AuthError;
use crate::accounts::{Account, Identity};

const PREFIX: &str = "ezr_mfa_";
/// How long somebody may look for his telephone.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// A challenge dies after so many codes.
const TRIES: u32 = 5;

/// The challenges.
#[derive(Clone, Debug)]
pub struct Challenges {
    table: Table,
    clock: Clock,
}

/// What has been shown, until the second factor comes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Challenge {
    /// Who.
    pub user_id: UserId,
    /// Where to.
    pub tenant_id: TenantId,
    /// What was shown already.
    pub method: SignInMethod,
    /// The account's as it was shown: what is changed since must be shown again.
    #[serde(default)]
    pub security_version: u64,
    /// The identity by which he came, to be linked with the session.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// Codes that were shown.
    tries: u32,
    expires_at: Timestamp,
    ttl: i64,
}

impl Challenges {
    /// Challenges in `table`.
    #[must_use]
    pub fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock }
    }

    /// The write of a new challenge, and its token.
    pub(super) fn begin(
        &self,
        account: &Account,
        tenant_id: TenantId,
        method: SignInMethod,
        identity: Option<Identity>,
    ) -> Result<(Action, String), Error> {
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(ids::random::<32>()?));
        let expires_at = self.clock.now() + LIFETIME;
        let challenge = Challenge {
            user_id: account.id,
            tenant_id,
            method,
            security_version: account.security_version,
            identity,
            tries: 0,
            expires_at,
            ttl: expires_at.as_second(),
        };
        Ok((self.table.put(&key(&token), &challenge).if_absent(), token))
    }

    /// Counts a code before it is looked at, so that codes shown at once are all counted.
    pub(super) async fn attempt(&self, token: &str) -> Result<Challenge, AuthError> {
        if !token.starts_with(PREFIX) {
            return Err(AuthError::TokenInvalid);
        }
        let counted = self
            .table
            .update(&key(token), "SET tries = tries + :one")
            .when("attribute_exists(pk) AND tries < :most AND expiresAt > :now")
            .value(":one", 1)
            .value(":most", TRIES)
            .value(":now", self.clock.now());
        counted.run_and_read().await?.ok_or(AuthError::MfaTokenExpired)
    }

    /// The write that uses a challenge up.
    pub(super) fn finish(&self, token: &str) -> Action {
        self.table.delete(&key(token)).if_present()
    }
}

fn key(token: &str) -> Key {
    Key::new(format!("MFA#{}", seal::digest(token.as_bytes())), "CHALLENGE")
}
