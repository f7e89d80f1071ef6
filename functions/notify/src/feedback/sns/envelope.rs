//! A message of SNS, and what its signature is over.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Kind {
    Notification,
    SubscriptionConfirmation,
    UnsubscribeConfirmation,
}

/// A message as SNS posts it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Envelope {
    #[serde(rename = "Type")]
    pub(crate) kind: Kind,
    pub(crate) message_id: String,
    pub(super) topic_arn: String,
    pub(crate) message: String,
    subject: Option<String>,
    timestamp: String,
    pub(super) signature_version: String,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    pub(super) signing_cert_url: String,
    #[serde(rename = "SubscribeURL")]
    pub(super) subscribe_url: Option<String>,
    token: Option<String>,
}

impl Envelope {
    /// Reads a body; `None` if it is no message of SNS.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// When it was made.
    pub(super) fn made_at(&self) -> Option<Timestamp> {
        self.timestamp.parse().ok()
    }

    pub(super) fn signature(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.signature).ok()
    }

    /// What the signature is over; `None` if a part is missing.
    pub(super) fn signed_text(&self) -> Option<String> {
        let kind = match self.kind {
            Kind::Notification => "Notification",
            Kind::SubscriptionConfirmation => "SubscriptionConfirmation",
            Kind::UnsubscribeConfirmation => "UnsubscribeConfirmation",
        };
        let mut parts = vec![("Message", self.message.as_str()), ("MessageId", &self.message_id)];
        if self.kind == Kind::Notification {
            parts.extend(self.subject.as_deref().map(|subject| ("Subject", subject)));
            parts.extend([("Timestamp", self.timestamp.as_str())]);
        } else {
            parts.extend([
                ("SubscribeURL", self.subscribe_url.as_deref()?),
                ("Timestamp", &self.timestamp),
                ("Token", self.token.as_deref()?),
            ]);
        }
        parts.extend([("TopicArn", self.topic_arn.as_str()), ("Type", kind)]);
        Some(parts.into_iter().flat_map(|(name, value)| [name, "\n", value, "\n"]).collect())
    }
}
