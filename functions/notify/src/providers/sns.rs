//! Text messages and push by Amazon SNS.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_sns::Client;
use aws_sdk_sns::config::retry::RetryConfig;
use aws_sdk_sns::config::timeout::TimeoutConfig;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::json;
use shared::config::{ConfigError, Env};
use shared::store::SdkConfig;

use super::{Letter, Provider, SendError};
use crate::devices::DevicePlatform;
use crate::kinds::{Category, Channel};

/// How long SNS's limit a second takes to pass; it gives no hint of its own.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);
/// How long SNS may take for one message: who gives up too early sends twice.
const PATIENCE: Duration = Duration::from_secs(10);

/// The applications that devices belong to, as SNS knows them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Platforms(BTreeMap<DevicePlatform, String>);

impl Platforms {
    /// Reads `PUSH_IOS_APPLICATION_ARN` and `PUSH_ANDROID_APPLICATION_ARN`.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let mut platforms = BTreeMap::new();
        for (platform, variable) in [
            (DevicePlatform::Ios, "PUSH_IOS_APPLICATION_ARN"),
            (DevicePlatform::Android, "PUSH_ANDROID_APPLICATION_ARN"),
        ] {
            if let Some(arn) = env.get(variable) {
                if !arn.starts_with("arn:") || !arn.contains(":app/") {
                    return Err(ConfigError::new(variable, "must be the ARN of a platform application"));
                }
                platforms.insert(platform, arn.to_owned());
            }
        }
        Ok(Self(platforms))
    }

    /// The application of devices of `platform`.
    pub(crate) fn application(&self, platform: DevicePlatform) -> Option<&str> {
        self.0.get(&platform).map(String::as_str)
    }

    pub(super) fn are_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Sends text messages and push messages.
pub(super) struct Sns {
    client: Client,
}

impl Sns {
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        // A lost answer must not send twice: tries are the worker's, each with its row.
        let config = aws_sdk_sns::config::Builder::from(sdk)
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder().operation_timeout(PATIENCE).operation_attempt_timeout(PATIENCE).build(),
            )
            .build();
        Self { client: Client::from_conf(config) }
    }
}

impl Provider for Sns {
    fn name(&self) -> &'static str {
        "sns"
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<String, SendError>> {
        async move {
            let call = self.client.publish();
            let call = if letter.channel == Channel::Push {
                call.target_arn(&letter.address).message_structure("json").message(push(letter))
            } else {
                let kind = match letter.category {
                    Category::Marketing => "Promotional",
                    Category::Transactional | Category::Reminder | Category::System => "Transactional",
                };
                let kind = MessageAttributeValue::builder().data_type("String").string_value(kind).build();
                let kind = kind.map_err(|_| SendError::Permanent("INVALID_MESSAGE".to_owned()))?;
                let text = letter.content.text.as_deref().unwrap_or_default();
                call.phone_number(&letter.address).message(text).message_attributes("AWS.SNS.SMS.SMSType", kind)
            };
            match call.send().await {
                Ok(sent) => Ok(sent.message_id.unwrap_or_else(|| letter.id.clone())),
                Err(error) => Err(classify(&error, letter.channel)),
            }
        }
        .boxed()
    }
}

/// The message in the form of each platform; SNS takes the one that it needs.
fn push(letter: &Letter) -> String {
    let content = &letter.content;
    let title = content.title.as_deref();
    let body = content.text.as_deref();
    let apple = json!({"aps": {"alert": {"title": title, "body": body}, "sound": "default"}, "id": letter.id});
    let google = json!({"fcmV1Message": {"message": {
        "notification": {"title": title, "body": body}, "data": {"id": letter.id},
    }}});
    json!({
        "default": body.or(title).unwrap_or_default(),
        "APNS": apple.to_string(), "APNS_SANDBOX": apple.to_string(), "GCM": google.to_string(),
    })
    .to_string()
}

fn classify(error: &SdkError<PublishError>, channel: Channel) -> SendError {
    let service = match error {
        SdkError::ServiceError(service) => service,
        // It never left us.
        SdkError::ConstructionFailure(_) => return SendError::Temporary("NOT_SENT".to_owned()),
        _ => return SendError::Unknown("NO_ANSWER".to_owned()),
    };
    let code = service.err().code().unwrap_or("UNKNOWN").to_owned();
    match code.as_str() {
        "Throttled" | "ThrottledException" | "Throttling" | "ThrottlingException" | "KMSThrottling" => {
            SendError::Throttled { after: PAUSE }
        }
        "EndpointDisabled" | "EndpointDisabledException" => SendError::Gone(code),
        // Its endpoint was deleted.
        "NotFound" | "NotFoundException" if channel == Channel::Push => SendError::Gone(code),
        // What is wrong with the message itself.
        "InvalidParameter" | "InvalidParameterException" | "ParameterValueInvalid" | "ValidationException" => {
            SendError::Permanent(code)
        }
        // SNS's trouble, or ours to put right: credentials, a spending limit, a sandbox.
        _ => SendError::Temporary(code),
    }
}
