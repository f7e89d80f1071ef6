//! The public signing keys, as every service reads them from the `signing-keys` table.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::LEEWAY;
use crate::clock::Clock;
use crate::error::Error;
use crate::store::{Key, Table};

/// Partition of the public keys. Other services' IAM policies allow this one alone.
pub const SIGNING_KEYS_PARTITION: &str = "PUBLIC#KEYS";
/// The longest an access token may live (`ACCESS_TOKEN_TTL_SECONDS` ends there).
const LONGEST_TOKEN: SignedDuration = SignedDuration::from_secs(3600);
/// How often an unknown `kid` may cause a read: forged tokens must not become store calls.
const REFETCH_PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// How old the ring may become before it is read again, so that retired keys fall out.
const RING_AGE: SignedDuration = SignedDuration::from_mins(5);

/// The public half of a signing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    /// Key id: the RFC 7638 thumbprint.
    pub kid: String,
    /// Counts up from 1; also the item's sort key.
    pub generation: u32,
    /// Modulus, base64url.
    pub n: String,
    /// Exponent, base64url.
    pub e: String,
    /// When it begins to sign. It is published before that.
    pub signs_from: Timestamp,
}

impl PublicKey {
    /// Where the key of a generation is kept.
    #[must_use]
    pub fn key(generation: u32) -> Key {
        Key::new(SIGNING_KEYS_PARTITION, format!("{generation:08}"))
    }

    /// Reads the published keys that may still verify a token, oldest first.
    pub async fn read_all(table: &Table, now: Timestamp) -> Result<Vec<Self>, Error> {
        let keys: Vec<Self> = table.query(SIGNING_KEYS_PARTITION).all().await?;
        Ok(Self::without_retired(keys, now))
    }

    /// Drops keys whose last token has expired: the next one has signed for longer than a token lives.
    #[must_use]
    pub fn without_retired(keys: Vec<Self>, now: Timestamp) -> Vec<Self> {
        let starts: Vec<Timestamp> = keys.iter().skip(1).map(|next| next.signs_from).collect();
        keys.into_iter()
            .enumerate()
            .filter(|(index, _)| starts.get(*index).is_none_or(|next| *next + LONGEST_TOKEN + LEEWAY > now))
            .map(|(_, key)| key)
            .collect()
    }
}

/// The cached public keys of one process.
#[derive(Debug)]
pub struct KeyRing {
    table: Table,
    clock: Clock,
    keys: ArcSwapOption<Ring>,
    reading: Mutex<()>,
}

#[derive(Debug)]
struct Ring {
    by_kid: HashMap<String, Arc<DecodingKey>>,
    read_at: Timestamp,
}

impl KeyRing {
    /// A ring on the `signing-keys` table; reads at the first token.
    #[must_use]
    pub fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock, keys: ArcSwapOption::empty(), reading: Mutex::new(()) }
    }

    /// The key named `kid`, or `None` if there is none, also after a look into the table.
    pub async fn find(&self, kid: &str) -> Result<Option<Arc<DecodingKey>>, Error> {
        if let Some(ring) = self.keys.load_full() {
            let age = self.clock.now().duration_since(ring.read_at);
            // A clock that was set back makes the ring old.
            let within = |limit| (SignedDuration::ZERO..limit).contains(&age);
            match ring.by_kid.get(kid) {
                Some(key) if within(RING_AGE) => return Ok(Some(Arc::clone(key))),
                None if within(REFETCH_PAUSE) => return Ok(None),
                _ => {}
            }
        }
        self.refetch().await?;
        Ok(self.keys.load().as_ref().and_then(|ring| ring.by_kid.get(kid).cloned()))
    }

    async fn refetch(&self) -> Result<(), Error> {
        let asked_at = self.clock.now();
        let _one_at_a_time = self.reading.lock().await;
        if self.keys.load().as_ref().is_some_and(|ring| ring.read_at >= asked_at) {
            return Ok(());
        }
        let read_at = self.clock.now();
        let mut by_kid = HashMap::new();
        for key in PublicKey::read_all(&self.table, read_at).await? {
            let decoding = DecodingKey::from_rsa_components(&key.n, &key.e).map_err(Error::internal)?;
            by_kid.insert(key.kid, Arc::new(decoding));
        }
        self.keys.store(Some(Arc::new(Ring { by_kid, read_at })));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(generation: u32, signs_from: i64) -> PublicKey {
        PublicKey {
            kid: generation.to_string(),
            generation,
            n: String::new(),
            e: String::new(),
            signs_from: Timestamp::from_second(signs_from).unwrap(),
        }
    }

    #[test]
    fn a_key_verifies_until_its_last_token_has_expired() {
        let keys = vec![key(1, 0), key(2, 100_000), key(3, 200_000)];
        let at = |second| {
            let kept = PublicKey::without_retired(keys.clone(), Timestamp::from_second(second).unwrap());
            kept.into_iter().map(|key| key.generation).collect::<Vec<_>>()
        };
        assert_eq!(at(103_600), [1, 2, 3]);
        assert_eq!(at(103_700), [2, 3]);
        assert_eq!(at(999_999), [3]);
    }
}
