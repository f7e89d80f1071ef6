//! Mail by Amazon SES, as raw MIME.

use std::time::Duration;

use aws_sdk_ses::Client;
use aws_sdk_ses::config::retry::RetryConfig;
use aws_sdk_ses::config::timeout::TimeoutConfig;
use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ses::operation::send_raw_email::SendRawEmailError;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use lettre::message::Mailbox;
use shared::config::{ConfigError, Env};
use shared::store::SdkConfig;

use super::{Letter, Provider, SendError, mime};

/// How long SES's limit a second takes to pass; it gives no hint of its own.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// How long SES may take for one mail: who gives up too early sends twice.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends mail.
pub(super) struct Ses {
    client: Client,
    from: Mailbox,
    /// Has SES tell what becomes of mail.
    configuration_set: Option<String>,
}

impl Ses {
    /// Reads `MAIL_FROM` (`Name <address>`) and `SES_CONFIGURATION_SET`.
    pub(super) fn from_env(env: &Env, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        let from = env.require("MAIL_FROM")?.parse();
        let from = from.map_err(|_| ConfigError::new("MAIL_FROM", "must be like Name <address@example.com>"))?;
        // A lost answer must not send twice: tries are the worker's, each with its row.
        let config = aws_sdk_ses::config::Builder::from(sdk)
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder().operation_timeout(PATIENCE).operation_attempt_timeout(PATIENCE).build(),
            )
            .build();
        let configuration_set = env.get("SES_CONFIGURATION_SET").map(str::to_owned);
        Ok(Self { client: Client::from_conf(config), from, configuration_set })
    }
}

impl Provider for Ses {
    fn name(&self) -> &'static str {
        "ses"
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<String, SendError>> {
        async move {
            let mail = mime::encode(&self.from, letter).map_err(|problem| SendError::Permanent(problem.to_owned()))?;
            let message = RawMessage::builder().data(Blob::new(mail)).build();
            let message = message.map_err(|_| SendError::Permanent("INVALID_MESSAGE".to_owned()))?;
            let sent = self
                .client
                .send_raw_email()
                .source(self.from.email.to_string())
                .destinations(&letter.address)
                .raw_message(message)
                .set_configuration_set_name(self.configuration_set.clone())
                .send()
                .await;
            sent.map(|sent| sent.message_id).map_err(|error| classify(&error))
        }
        .boxed()
    }
}

fn classify(error: &SdkError<SendRawEmailError>) -> SendError {
    let service = match error {
        SdkError::ServiceError(service) => service,
        // It never left us.
        SdkError::ConstructionFailure(_) => return SendError::Temporary("NOT_SENT".to_owned()),
        _ => return SendError::Unknown("NO_ANSWER".to_owned()),
    };
    let code = service.err().code().unwrap_or("UNKNOWN").to_owned();
    match code.as_str() {
        "Throttling" | "ThrottlingException" | "TooManyRequestsException" => SendError::Throttled { after: PAUSE },
        // Our domain, not the message.
        "MessageRejected" if service.err().message().is_some_and(|text| text.contains("not verified")) => {
            tracing::error!("SES does not know the sender's domain as ours");
            SendError::Temporary("SENDER_NOT_VERIFIED".to_owned())
        }
        // What is wrong with the message itself.
        "InvalidParameterValue" | "MessageRejected" => SendError::Permanent(code),
        // SES's trouble, or ours to put right: credentials, a paused account, a domain that is not verified.
        _ => SendError::Temporary(code),
    }
}
