//! Whether a message is of our topic, by its age, its certificate and its signature; in this order, so that nothing
//! is fetched for a stranger.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Url};
use shared::Error;
use shared::client::amazon_client;
use shared::config::{AwsConfig, ConfigError, Env};

use super::certificates::Certificates;
use super::envelope::Envelope;
use crate::NotifyError;

/// How old a message may be.
const OLDEST: SignedDuration = SignedDuration::from_hours(1);
/// How far SNS's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// How long SNS may take for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Knows messages of one topic.
pub(crate) struct SnsVerifier {
    /// `None` believes nobody.
    topic: Option<String>,
    /// The scheme, host and port of everything that is fetched: SNS's, or the embedded AWS's.
    origin: Url,
    /// What its certificate may be called.
    names: Vec<String>,
    certificates: Certificates,
    client: Client,
}

impl SnsVerifier {
    /// Reads `SES_EVENTS_TOPIC_ARN`. With an AWS of one's own, which no deployed stage has, its address and the
    /// root in `AWS_CA_BUNDLE` count instead of SNS's; without that root nobody is believed.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        const TOPIC: &str = "SES_EVENTS_TOPIC_ARN";
        let topic = env.get(TOPIC).map(str::to_owned);
        let wrong = || ConfigError::new(TOPIC, "must be the ARN of a topic");
        let region = match &topic {
            Some(arn) => arn.split(':').nth(3).filter(|region| !region.is_empty()).ok_or_else(wrong)?,
            None => "us-east-1",
        };
        let host = format!("sns.{region}.amazonaws.com");
        let endpoint = AwsConfig::from_env(env).endpoint;
        let own_root = endpoint.as_ref().and_then(|_| env.get("AWS_CA_BUNDLE")).map(str::to_owned);
        let topic = topic.filter(|_| endpoint.is_none() || own_root.is_some());
        let origin = endpoint.unwrap_or_else(|| format!("https://{host}"));
        let origin = Url::parse(&origin).map_err(|_| wrong())?;
        let client = amazon_client(PATIENCE)?;
        let certificates = Certificates::new(client.clone(), own_root);
        Ok(Self { topic, origin, names: vec!["sns.amazonaws.com".to_owned(), host], certificates, client })
    }

    /// Refuses what is not a fresh message of our topic.
    pub(crate) async fn verify(&self, envelope: &Envelope, now: Timestamp) -> Result<(), NotifyError> {
        if self.is_genuine(envelope, now).await? { Ok(()) } else { Err(NotifyError::InvalidSignature) }
    }

    async fn is_genuine(&self, envelope: &Envelope, now: Timestamp) -> Result<bool, Error> {
        let ours = self.topic.as_ref().is_some_and(|topic| *topic == envelope.topic_arn);
        let is_fresh = |at: Timestamp| at > now - OLDEST && at < now + AHEAD;
        if !ours || envelope.signature_version != "2" || !envelope.made_at().is_some_and(is_fresh) {
            return Ok(false);
        }
        let certificate = self.address(&envelope.signing_cert_url).filter(is_certificate);
        let (Some(url), Some(text), Some(signature)) = (certificate, envelope.signed_text(), envelope.signature())
        else {
            return Ok(false);
        };
        self.certificates.prove(&url, &self.names, &text, &signature, now).await
    }

    /// Confirms the subscription that a genuine message asks about.
    pub(crate) async fn confirm(&self, envelope: &Envelope) -> Result<(), NotifyError> {
        let url = envelope.subscribe_url.as_deref().and_then(|url| self.address(url));
        let url = url.ok_or(NotifyError::InvalidSignature)?;
        let answer = self.client.get(url).send().await.map_err(|error| Error::unavailable(error.without_url()))?;
        answer.error_for_status().map_err(|error| Error::unavailable(error.without_url()))?;
        tracing::info!("the topic of SES's events is subscribed");
        Ok(())
    }

    /// An address, if it is SNS's: the same scheme, host and port, and nobody's name or password.
    fn address(&self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let same = url.scheme() == self.origin.scheme()
            && url.host() == self.origin.host()
            && url.port() == self.origin.port()
            && url.username().is_empty()
            && url.password().is_none();
        same.then_some(url)
    }
}

/// `/SimpleNotificationService-<hexadecimal digits>.pem`, and nothing more.
fn is_certificate(url: &Url) -> bool {
    let name = url.path().strip_prefix("/SimpleNotificationService-").and_then(|name| name.strip_suffix(".pem"));
    let hexadecimal = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.is_some_and(hexadecimal) && url.query().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_aws_whose_root_is_unknown_is_not_believed_as_amazons() {
        let of = |bundle: &str| {
            let pairs = [
                ("SES_EVENTS_TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:events"),
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
                ("AWS_CA_BUNDLE", bundle),
            ];
            let env: Env = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            SnsVerifier::from_env(&env).unwrap().topic
        };
        assert!(of("").is_none() && of("/ca.pem").is_some());
    }

    #[test]
    fn only_snss_own_addresses_are_fetched() {
        let arn = "arn:aws:sns:eu-central-1:123456789012:events";
        let env: Env = [("SES_EVENTS_TOPIC_ARN".to_owned(), arn.to_owned())].into_iter().collect();
        let verifier = SnsVerifier::from_env(&env).unwrap();
        assert!(verifier.address("https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem").is_some());
        for wrong in [
            "http://sns.eu-central-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.eu-central-1.amazonaws.com.example.com/x.pem",
            "https://example.com/sns.eu-central-1.amazonaws.com/x.pem",
            "https://sns.eu-central-1.amazonaws.com:8443/x.pem",
            "https://user@sns.eu-central-1.amazonaws.com/x.pem",
            "https://:word@sns.eu-central-1.amazonaws.com/x.pem",
            "https://sns.eu-central-1.amazonaws.com@example.com/x.pem",
            "//sns.eu-central-1.amazonaws.com/x.pem",
            "file:///etc/passwd",
            "",
        ] {
            assert!(verifier.address(wrong).is_none(), "{wrong}");
        }
        let certificate = |path: &str| is_certificate(&Url::parse(&format!("https://sns.example{path}")).unwrap());
        assert!(certificate("/SimpleNotificationService-0a.pem"));
        for wrong in [
            "/x.pem",
            "/SimpleNotificationService-.pem",
            "/SimpleNotificationService-0a.pem?x",
            "/SimpleNotificationService-0a.pem#x",
            "/SimpleNotificationService-0a/../b.pem",
        ] {
            assert!(!certificate(wrong), "{wrong}");
        }
    }
}
