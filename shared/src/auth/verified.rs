//! Tokens whose signature this process has verified before.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use super::{Claims, LEEWAY};

/// Tokens in memory at most, of about 2 kB each.
const CAPACITY: usize = 4096;

/// What a good signature has proven. Everything that may change is asked anew at each request: time,
/// whether the key is still published, revocation.
#[derive(Clone, Debug)]
pub(super) struct Verified {
    pub(super) claims: Arc<Claims>,
    pub(super) kid: Arc<str>,
}

/// Verified tokens by their whole text: a client sends the same one for minutes, and its signature
/// costs more than the rest of the request path together.
#[derive(Debug, Default)]
pub(super) struct VerifiedTokens(RwLock<HashMap<Box<str>, Verified>>);

impl VerifiedTokens {
    pub(super) fn find(&self, token: &str) -> Option<Verified> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    pub(super) fn keep(&self, token: &str, verified: Verified, now: Timestamp) {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= CAPACITY {
            tokens.retain(|_, verified| verified.claims.expires_at() + LEEWAY > now);
        }
        if tokens.len() >= CAPACITY {
            tokens.clear();
        }
        tokens.insert(token.into(), verified);
    }
}
