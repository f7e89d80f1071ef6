//! auth's own topics.

use jiff::SignedDuration;
use shared::auth::TenantId;
use shared::config::{ConfigError, Env, url};

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

/// Where the application is whose pages mails lead to: `APP_BASE_URL`, or `PUBLIC_BASE_URL`.
pub(crate) fn app_base_url(env: &Env) -> Result<String, ConfigError> {
    url(env, if env.get("APP_BASE_URL").is_some() { "APP_BASE_URL" } else { "PUBLIC_BASE_URL" })
}

/// Who may sign up, and what is told.
#[derive(Clone, Copy, Debug)]
pub struct SignUpConfig {
    /// The tenant of those who name none.
    pub(crate) default_tenant: Option<TenantId>,
    /// Whether a taken address is answered like a free one.
    pub(crate) enumeration_safe: bool,
}

impl SignUpConfig {
    /// Reads `DEFAULT_SIGNUP_TENANT_ID` and `SIGNUP_ENUMERATION_SAFE` (`true` or `false`, default `true`).
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let default = env.get("DEFAULT_SIGNUP_TENANT_ID").map(str::parse).transpose();
        Ok(Self {
            default_tenant: default.map_err(|_| ConfigError::new("DEFAULT_SIGNUP_TENANT_ID", "must be a UUID"))?,
            enumeration_safe: env.parse_or("SIGNUP_ENUMERATION_SAFE", true)?,
        })
    }
}
