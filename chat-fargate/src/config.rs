//! What chat alone is configured with.

use std::time::Duration;

use shared::config::{ConfigError, Env};

/// Until a connection to another service stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Until another service has answered.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// How the binary listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// `PORT`, 8080 if it is not set.
    pub port: u16,
    /// `TRUSTED_PROXY`: whether a load balancer of ours stands in front; `false` if it is not set.
    pub trusted_proxy: bool,
}

impl ServerConfig {
    /// Reads `PORT` and `TRUSTED_PROXY`.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self { port: env.parse_or("PORT", 8080)?, trusted_proxy: env.parse_or("TRUSTED_PROXY", false)? })
    }
}

/// Where auth is: `AUTH_BASE_URL`, like `https://api.example.com/auth/v1`.
pub(crate) fn auth_base_url(env: &Env) -> Result<String, ConfigError> {
    let text = env.require("AUTH_BASE_URL")?;
    let good = text.parse::<http::Uri>().is_ok_and(|uri| matches!(uri.scheme_str(), Some("https" | "http")));
    if good && !text.ends_with('/') {
        Ok(text.to_owned())
    } else {
        Err(ConfigError::new("AUTH_BASE_URL", "must be an http(s) address without a slash at its end"))
    }
}

/// The client for calls to other services: it waits for none of them for long and follows no redirect.
#[expect(clippy::disallowed_methods, reason = "the one place where chat builds an HTTP client")]
pub(crate) fn http_client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(ANSWER_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Env {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_server_listens_on_8080_and_trusts_nobody_unless_told() {
        assert_eq!(ServerConfig::from_env(&env(&[])).unwrap(), ServerConfig { port: 8080, trusted_proxy: false });
        let told = env(&[("PORT", "9000"), ("TRUSTED_PROXY", "true")]);
        assert_eq!(ServerConfig::from_env(&told).unwrap(), ServerConfig { port: 9000, trusted_proxy: true });
        assert_eq!(ServerConfig::from_env(&env(&[("PORT", "70000")])).unwrap_err().variable, "PORT");
    }

    #[test]
    fn the_address_of_auth_is_an_address() {
        for wrong in ["auth", "ftp://a.example", "https://a.example/auth/v1/"] {
            assert!(auth_base_url(&env(&[("AUTH_BASE_URL", wrong)])).is_err(), "{wrong}");
        }
        assert!(auth_base_url(&env(&[("AUTH_BASE_URL", "http://127.0.0.1:8080/auth/v1")])).is_ok());
    }
}
