//! auth's own topics.

use jiff::SignedDuration;
use shared::config::{ConfigError, Env};

/// Cost of argon2id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PasswordConfig {
    pub(crate) memory_kib: u32,
    pub(crate) iterations: u32,
    pub(crate) parallelism: u32,
}

impl PasswordConfig {
    /// Reads `ARGON2_MEMORY_KIB`, `ARGON2_ITERATIONS` and `ARGON2_PARALLELISM`; never weaker than
    /// the least that OWASP recommends (19 MiB, 2, 1).
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            memory_kib: env.number_or("ARGON2_MEMORY_KIB", 19 * 1024, 19 * 1024..=256 * 1024)?,
            iterations: env.number_or("ARGON2_ITERATIONS", 2, 2..=16)?,
            parallelism: env.number_or("ARGON2_PARALLELISM", 1, 1..=8)?,
        })
    }
}

/// How signing keys change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyConfig {
    pub(crate) rotation: SignedDuration,
}

impl KeyConfig {
    /// Reads `SIGNING_KEY_ROTATION_DAYS` (2..=365, default 30).
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let days = env.number_or("SIGNING_KEY_ROTATION_DAYS", 30, 2..=365)?;
        Ok(Self { rotation: SignedDuration::from_hours(i64::from(days) * 24) })
    }
}
