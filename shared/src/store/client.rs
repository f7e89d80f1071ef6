//! One SDK client a process.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials;

use super::Table;
use crate::config::AwsConfig;

/// One attempt of a call; a healthy one takes a few milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// All attempts of a call, well under a request's time.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(10);

/// The SDK's configuration for every client of this process.
pub async fn sdk_config(aws: &AwsConfig) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
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
