//! auth's own topics.

use jiff::SignedDuration;
use shared::auth::TenantId;
use shared::config::{ConfigError, Env, url};
use webauthn_rs::prelude::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// What authenticators show as the name of whom a passkey is for.
const RP_NAME: &str = "EventZR";
/// Where passkeys are made and shown under an IP address, which browsers refuse: its machine by name, for development.
const BY_NAME: &str = "localhost";

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

/// Whom passkeys are for, and which pages may ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebauthnConfig {
    /// A domain: passkeys are good on it and below.
    rp_id: String,
    origins: Vec<Url>,
}

impl WebauthnConfig {
    /// Reads `WEBAUTHN_RP_ID` and `WEBAUTHN_ORIGINS` (separated by commas). Without them it is the host and the origin
    /// of [`app_base_url`], by the name `localhost` if that is an IP address.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let mut own = Url::parse(&app_base_url(env)?)
            .map_err(|_| ConfigError::new("APP_BASE_URL", "must be an http(s) address"))?;
        if own.domain().is_none() {
            own.set_host(Some(BY_NAME)).map_err(|_| ConfigError::new("APP_BASE_URL", "must have a host"))?;
        }
        let rp_id = env.get("WEBAUTHN_RP_ID").or(own.domain()).unwrap_or(BY_NAME).to_owned();
        let origins = match env.get("WEBAUTHN_ORIGINS") {
            Some(list) => list.split(',').map(|text| origin(text.trim())).collect::<Result<_, _>>()?,
            None => vec![origin(&own.origin().ascii_serialization())?],
        };
        Ok(Self { rp_id, origins })
    }

    /// What makes and checks the messages.
    pub(crate) fn build(&self) -> Result<Webauthn, ConfigError> {
        let wrong = |_| ConfigError::new("WEBAUTHN_ORIGINS", "each must be at WEBAUTHN_RP_ID or below it");
        let builders = self.origins.iter().map(|origin| WebauthnBuilder::new(&self.rp_id, origin));
        // Each is checked when it is the first one.
        let first = builders.collect::<Result<Vec<_>, _>>().map_err(wrong)?.into_iter().next();
        let builder = first.ok_or_else(|| ConfigError::new("WEBAUTHN_ORIGINS", "must name one"))?;
        let others = self.origins.iter().skip(1);
        let builder = others.fold(builder, WebauthnBuilder::append_allowed_origin);
        builder.rp_name(RP_NAME).build().map_err(wrong)
    }
}

/// An origin, exactly as browsers write it.
fn origin(text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).ok().filter(|url| url.origin().ascii_serialization() == text);
    url.ok_or_else(|| ConfigError::new("WEBAUTHN_ORIGINS", "must be origins like https://app.example.com"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webauthn(variables: &[(&str, &str)]) -> Result<(String, Vec<String>), String> {
        let env: Env = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let config = WebauthnConfig::from_env(&env).map_err(|error| error.variable)?;
        config.build().map_err(|error| error.variable)?;
        Ok((config.rp_id, config.origins.iter().map(|origin| origin.origin().ascii_serialization()).collect()))
    }

    fn good(variables: &[(&str, &str)]) -> (String, String) {
        let (rp_id, origins) = webauthn(variables).unwrap();
        (rp_id, origins.join(" "))
    }

    fn at(rp_id: &str, origins: &str) -> (String, String) {
        (rp_id.to_owned(), origins.to_owned())
    }

    #[test]
    fn passkeys_are_for_the_application() {
        let public = ("PUBLIC_BASE_URL", "https://api.example.com");
        assert_eq!(good(&[public]), at("api.example.com", "https://api.example.com"));
        let app = ("APP_BASE_URL", "https://app.example.com/de");
        assert_eq!(good(&[public, app]), at("app.example.com", "https://app.example.com"));
        let rp_id = ("WEBAUTHN_RP_ID", "example.com");
        assert_eq!(good(&[public, rp_id]), at("example.com", "https://api.example.com"));
        let origins = ("WEBAUTHN_ORIGINS", "https://example.com, https://www.example.com");
        assert_eq!(good(&[public, rp_id, origins]), at("example.com", "https://example.com https://www.example.com"));
    }

    #[test]
    fn an_ip_address_is_localhost() {
        for (address, origin) in [
            ("http://127.0.0.1:8080", "http://localhost:8080"),
            ("http://[::1]:8080", "http://localhost:8080"),
            ("https://192.0.2.1", "https://localhost"),
        ] {
            assert_eq!(good(&[("PUBLIC_BASE_URL", address)]), at("localhost", origin));
        }
    }

    #[test]
    fn origins_that_cannot_be_are_refused() {
        let public = ("PUBLIC_BASE_URL", "https://example.com");
        for origins in [
            "https://evil.example",
            "https://example.com,https://notexample.com",
            "https://example.com/",
            "example.com",
            "https://example.com,",
        ] {
            let refused = webauthn(&[public, ("WEBAUTHN_ORIGINS", origins)]);
            assert_eq!(refused, Err("WEBAUTHN_ORIGINS".to_owned()), "{origins}");
        }
        assert!(webauthn(&[public, ("WEBAUTHN_RP_ID", "other.example")]).is_err());
    }
}
