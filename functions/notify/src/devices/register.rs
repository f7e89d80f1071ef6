//! Making a device known to SNS.

use aws_sdk_sns::Client;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use shared::Error;
use shared::config::{ConfigError, Env};
use shared::store::SdkConfig;

use super::model::RegisterDevice;
use crate::NotifyError;
use crate::providers::Platforms;

/// Knows the applications that devices belong to.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    client: Client,
    platforms: Platforms,
}

impl Endpoints {
    /// Reads the applications.
    pub(crate) fn from_env(env: &Env, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        Ok(Self { client: Client::new(sdk), platforms: Platforms::from_env(env)? })
    }

    /// The endpoint of a device, which takes messages from now on. The same device has the same one.
    pub(super) async fn of(&self, device: &RegisterDevice) -> Result<String, NotifyError> {
        let Some(application) = self.platforms.application(device.platform) else {
            let problem = format!("push is not configured for {}", device.platform.name());
            return Err(NotifyError::InvalidChannel(problem));
        };
        let create = self.client.create_platform_endpoint().platform_application_arn(application);
        let endpoint = match create.token(&device.token).send().await {
            Ok(created) => created.endpoint_arn.ok_or_else(|| Error::internal("an endpoint without an ARN"))?,
            // It was switched off, when the app was deleted from the device, for one.
            Err(error) => match error.message().and_then(existing) {
                Some(endpoint) => endpoint.to_owned(),
                None => return Err(refusal(error)),
            },
        };
        let enable = self.client.set_endpoint_attributes().endpoint_arn(&endpoint);
        let enable = enable.attributes("Enabled", "true").attributes("Token", &device.token).send().await;
        enable.map_err(Error::unavailable)?;
        Ok(endpoint)
    }
}

/// The endpoint that SNS says is there with other attributes: it names it nowhere else.
fn existing(message: &str) -> Option<&str> {
    let (_, behind) = message.split_once("Endpoint ")?;
    let (endpoint, _) = behind.split_once(" already exists")?;
    endpoint.starts_with("arn:").then_some(endpoint)
}

fn refusal<E, R>(error: SdkError<E, R>) -> NotifyError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.code() {
        Some("InvalidParameter" | "InvalidParameterException") => {
            Error::field("token", "is no token of this platform's push service").into()
        }
        _ => Error::unavailable(error).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_found_in_what_sns_says() {
        let arn = "arn:aws:sns:eu-central-1:123456789012:endpoint/APNS/app/8e1b";
        let says = format!(
            "Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but different attributes."
        );
        assert_eq!(existing(&says), Some(arn));
        assert_eq!(existing("Invalid parameter: Token Reason: iOS device tokens must be hexadecimal"), None);
    }
}
