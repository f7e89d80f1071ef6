//! The clients of the tests, and the small things that several modules need.

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use local_aws::{LocalAws, Options};

/// The platform's own resources.
pub(crate) async fn platform() -> LocalAws {
    LocalAws::ephemeral().await.unwrap()
}

/// Resources of a test's own.
pub(crate) async fn with_template(template: &str) -> LocalAws {
    let options = Options { template: Some(template.to_owned()), ..Options::default() };
    LocalAws::start(options).await.unwrap()
}

/// A configuration that never retries, so that a test sees each answer.
pub(crate) fn sdk(endpoint: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::from_static(local_aws::REGION))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            local_aws::ACCESS_KEY,
            local_aws::SECRET_KEY,
            None,
            None,
            "tests",
        )))
        .retry_config(RetryConfig::disabled())
        .build()
}

/// A plain HTTP client, for what the SDK never sends.
#[expect(clippy::disallowed_methods, reason = "the test's own timeout is enough")]
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::new()
}
