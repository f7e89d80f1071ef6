//! One SDK client a process.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

use super::Table;
use crate::config::AwsConfig;
use crate::error::chain;

/// One attempt of a call; a healthy one takes a few milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// All attempts of a call, well under a request's time.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(10);
/// Amazon Trust Services' five roots, which all endpoints of AWS chain to
/// (<https://www.amazontrust.com/repository/>). They are all that these connections need to trust,
/// and reading the system's 140 roots takes longer than the rest of a cold start.
pub const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// The SDK's configuration for every client of this process.
pub async fn sdk_config(aws: &AwsConfig) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .retry_config(RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(25)))
        .timeout_config(
            TimeoutConfig::builder()
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(OPERATION_TIMEOUT)
                .build(),
        );
    if let Some(region) = &aws.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &aws.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some((id, secret)) = &aws.keys {
        loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "environment"));
    }
    loader.load().await
}

/// One pool of connections for all clients. It reads no proxy variables.
fn http_client() -> SharedHttpClient {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(tls) => Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls).build_https(),
        // Rather no TLS at all, with which AWS cannot be reached, than one that trusts others.
        Err(error) => {
            tracing::error!(error.chain = chain(&error), "Amazon's roots cannot be used");
            Builder::new().build_http()
        }
    }
}

/// The connection to DynamoDB. Clones share it.
#[derive(Clone, Debug)]
pub struct Store(pub(crate) Client);

impl Store {
    /// A store on the given configuration; connects at its first call.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// A table by its name.
    #[must_use]
    pub fn table(&self, name: &str) -> Table {
        Table::new(self.clone(), name)
    }
}
