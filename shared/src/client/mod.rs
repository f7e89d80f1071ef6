//! The only place that builds clients of other people's servers.

mod addresses;
mod public;

use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder};

use crate::config::ConfigError;
use crate::store::AMAZON_ROOTS;

pub use public::{Answer, NotSent, PublicClient};

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// A client of anybody's servers, whose calls end after `patience`, that follows no redirects and takes no proxy from
/// the environment.
pub fn http_client(patience: Duration) -> Result<Client, ConfigError> {
    build(builder(patience))
}

/// The same for Amazon's servers alone: it trusts no other authority, and need not read the system's.
pub fn amazon_client(patience: Duration) -> Result<Client, ConfigError> {
    let roots = Certificate::from_pem_bundle(AMAZON_ROOTS).map_err(|_| impossible())?;
    build(builder(patience).tls_certs_only(roots))
}

/// The roots of Amazon's authorities, in PEM.
#[must_use]
pub fn amazon_roots() -> &'static [u8] {
    AMAZON_ROOTS
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn builder(patience: Duration) -> ClientBuilder {
    Client::builder()
        .timeout(patience)
        .connect_timeout(CONNECTING.min(patience))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("EventZR")
}

fn build(builder: ClientBuilder) -> Result<Client, ConfigError> {
    builder.build().map_err(|_| impossible())
}

fn impossible() -> ConfigError {
    ConfigError::new("TLS", "no HTTP client can be made here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_clients_can_be_made() {
        assert!(http_client(Duration::from_secs(1)).is_ok() && amazon_client(Duration::from_secs(1)).is_ok());
    }
}
