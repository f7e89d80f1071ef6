//! The only place that builds clients of other people's servers.

use std::time::Duration;

use crate::config::ConfigError;

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// A client whose calls end after `patience`, that follows no redirects and takes no proxy from the environment.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn http_client(patience: Duration) -> Result<reqwest::Client, ConfigError> {
    reqwest::Client::builder()
        .timeout(patience)
        .connect_timeout(CONNECTING.min(patience))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("EventZR")
        .build()
        .map_err(|_| ConfigError::new("TLS", "no HTTP client can be made here"))
}
