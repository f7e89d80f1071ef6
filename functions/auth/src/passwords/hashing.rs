//! Passwords: argon2id (RFC 9106), off the async threads.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use shared::config::ConfigError;
use shared::{Error, ids};
use tokio::sync::Semaphore;

use crate::config::PasswordConfig;

/// Verified for unknown accounts, so that they take as long as known ones.
const DECOY_SALT: &str = "ZGVjb3kgc2FsdCBkZWNveQ";
const DECOY_HASH: &str = "ZGVjb3kgaGFzaCBkZWNveSBoYXNoIGRlY295IGhhc2g";

/// Hashes and verifies passwords with the configured cost.
#[derive(Clone, Debug)]
pub struct Passwords {
    hasher: Argon2<'static>,
    /// Each hash needs a core and its memory, so there are no more at a time than cores.
    cores: Arc<Semaphore>,
    decoy: Arc<str>,
}

impl Passwords {
    /// A hasher of the configured cost.
    pub(crate) fn new(config: &PasswordConfig) -> Result<Self, ConfigError> {
        let PasswordConfig { memory_kib, iterations, parallelism } = *config;
        let params = Params::new(memory_kib, iterations, parallelism, None)
            .map_err(|error| ConfigError::new("ARGON2_MEMORY_KIB", error.to_string()))?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let decoy = format!("$argon2id$v=19$m={memory_kib},t={iterations},p={parallelism}${DECOY_SALT}${DECOY_HASH}");
        Ok(Self {
            hasher: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            cores: Arc::new(Semaphore::new(cores)),
            decoy: decoy.into(),
        })
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let (hasher, password) = (self.hasher.clone(), password.to_owned());
        let salt: [u8; 16] = ids::random()?;
        self.on_a_core(move || {
            hasher
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(Error::internal)
        })
        .await?
    }

    /// Whether a password is that of an account's hash. Takes the same time without one.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        let known = hash.is_some();
        let (hasher, password) = (self.hasher.clone(), password.to_owned());
        let hash = hash.map_or_else(|| self.decoy.to_string(), str::to_owned);
        self.on_a_core(move || {
            let parsed = PasswordHash::new(&hash).map_err(Error::internal)?;
            Ok(hasher.verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await?
    }

    /// Whether a hash was made with today's parameters.
    #[must_use]
    pub fn is_todays(&self, hash: &str) -> bool {
        let params = PasswordHash::new(hash).ok().and_then(|parsed| Params::try_from(&parsed).ok());
        params.is_some_and(|params| same_cost(&params, self.hasher.params()))
    }

    async fn on_a_core<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let core = Arc::clone(&self.cores).acquire_owned().await.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(core);
            result
        });
        done.await.map_err(Error::internal)
    }
}

fn same_cost(a: &Params, b: &Params) -> bool {
    (a.m_cost(), a.t_cost(), a.p_cost()) == (b.m_cost(), b.t_cost(), b.p_cost())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(iterations: u32) -> Passwords {
        Passwords::new(&PasswordConfig { memory_kib: 19 * 1024, iterations, parallelism: 1 }).unwrap()
    }

    #[tokio::test]
    async fn a_hash_verifies_and_tells_when_it_is_outdated() {
        let hash = passwords(2).hash("Password123!").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords(2).verify("Password123!", Some(&hash)).await.unwrap());
        assert!(!passwords(2).verify("password123!", Some(&hash)).await.unwrap());
        assert!(passwords(2).is_todays(&hash) && !passwords(3).is_todays(&hash));
    }

    #[tokio::test]
    async fn an_unknown_account_is_a_whole_verification_that_never_succeeds() {
        let passwords = passwords(2);
        assert!(passwords.is_todays(&passwords.decoy));
        assert!(!passwords.verify("anything", None).await.unwrap());
    }
}
