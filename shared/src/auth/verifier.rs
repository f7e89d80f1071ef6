//! Verification of access tokens (RFC 8725: one algorithm, explicit type, issuer and audience).

use std::sync::Arc;

use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, Validation};

use super::verified::{Verified, VerifiedTokens};
use super::{Claims, KeyRing, TOKEN_TYPE};
use crate::clock::Clock;
use crate::config::TokenConfig;
use crate::error::Error;

/// How far two clocks may be apart.
pub const LEEWAY: SignedDuration = SignedDuration::from_secs(30);
/// A token of ours is below 1 kB; a longer one is not worth a hash.
const LONGEST_TOKEN_TEXT: usize = 4096;

/// Verifies access tokens against the published keys.
#[derive(Debug)]
pub struct Verifier {
    keys: KeyRing,
    clock: Clock,
    validation: Validation,
    verified: VerifiedTokens,
}

impl Verifier {
    /// A verifier for tokens of the configured issuer and audience.
    #[must_use]
    pub fn new(keys: KeyRing, clock: Clock, config: &TokenConfig) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The library reads the system's time; expiry is compared with our clock below.
        validation.validate_exp = false;
        Self { keys, clock, validation, verified: VerifiedTokens::default() }
    }

    /// The claims of a token that is ours, unchanged and unexpired.
    ///
    /// # Errors
    /// [`Error::TokenExpired`], or [`Error::Unauthorized`] for everything else that is wrong with it.
    pub async fn verify(&self, token: &str) -> Result<Arc<Claims>, Error> {
        if token.len() > LONGEST_TOKEN_TEXT {
            return Err(Error::Unauthorized);
        }
        let verified = match self.verified.find(token) {
            // The key may have been withdrawn since.
            Some(verified) => self.keys.find(&verified.kid).await?.map(|_| verified).ok_or(Error::Unauthorized)?,
            None => self.verify_signature(token).await?,
        };
        let claims = verified.claims;
        let now = self.clock.now();
        if claims.expires_at() + LEEWAY <= now {
            return Err(Error::TokenExpired);
        }
        if claims.issued_at_millis() > (now + LEEWAY).as_millisecond() {
            return Err(Error::Unauthorized);
        }
        Ok(claims)
    }

    /// Verifies a token that this process has not seen yet.
    async fn verify_signature(&self, token: &str) -> Result<Verified, Error> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Error::Unauthorized)?;
        let foreign_key = header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some();
        let typed = header.typ.as_deref() == Some(TOKEN_TYPE);
        if header.alg != Algorithm::RS256 || !typed || foreign_key || header.crit.is_some() {
            return Err(Error::Unauthorized);
        }
        let kid = header.kid.ok_or(Error::Unauthorized)?;
        let key = self.keys.find(&kid).await?.ok_or(Error::Unauthorized)?;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key, &self.validation).map_err(|_| Error::Unauthorized)?.claims;
        let verified = Verified { claims: Arc::new(claims), kid: kid.into() };
        self.verified.keep(token, verified.clone(), self.clock.now());
        Ok(verified)
    }
}
