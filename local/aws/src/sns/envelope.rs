//! The JSON that SNS posts, and what of it is signed.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use super::SnsDelivery;
use super::outbox::{Kind, Pending};
use super::signer::Signer;
use crate::Error;
use crate::clock::iso;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<'a> {
    r#type: &'a str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    topic_arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    message: &'a str,
    #[serde(rename = "SubscribeURL", skip_serializing_if = "Option::is_none")]
    subscribe_url: Option<String>,
    timestamp: String,
    signature_version: &'a str,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
    #[serde(rename = "UnsubscribeURL", skip_serializing_if = "Option::is_none")]
    unsubscribe_url: Option<String>,
}

impl Envelope<'_> {
    /// What is signed, in the order of the names.
    fn canonical(&self) -> String {
        let fields = [
            ("Message", Some(self.message)),
            ("MessageId", Some(self.message_id)),
            ("Subject", self.subject),
            ("SubscribeURL", self.subscribe_url.as_deref()),
            ("Timestamp", Some(&self.timestamp)),
            ("Token", self.token),
            ("TopicArn", Some(self.topic_arn)),
            ("Type", Some(self.r#type)),
        ];
        let lines = fields.into_iter().filter_map(|(name, value)| Some(format!("{name}\n{}\n", value?)));
        lines.collect()
    }
}

/// The request for a delivery. The addresses in it are of this start, so it is made each time.
///
/// The first of a process makes the key, which takes a while: for a thread that may block.
pub(super) fn request(pending: &Pending, endpoint: &str, signer: &Signer) -> Result<SnsDelivery, Error> {
    let confirmation = pending.kind == Kind::SubscriptionConfirmation;
    let Pending { topic, token, subscription, notification, .. } = pending;
    let subscribe = || format!("{endpoint}/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}");
    let unsubscribe = || format!("{endpoint}/?Action=Unsubscribe&SubscriptionArn={subscription}");
    let mut envelope = Envelope {
        r#type: pending.kind.name(),
        message_id: &notification.message_id,
        token: confirmation.then_some(token),
        topic_arn: topic,
        subject: notification.subject.as_deref(),
        message: &notification.message,
        subscribe_url: confirmation.then(subscribe),
        timestamp: iso(pending.published_at),
        signature_version: "2",
        signature: String::new(),
        signing_cert_url: format!("{endpoint}{}", signer.certificate_path()?),
        unsubscribe_url: (!confirmation).then(unsubscribe),
    };
    envelope.signature = BASE64_STANDARD.encode(signer.sign(envelope.canonical().as_bytes())?);

    let mut headers = vec![
        ("content-type", "text/plain; charset=UTF-8"),
        ("user-agent", "Amazon Simple Notification Service Agent"),
        ("x-amz-sns-message-type", envelope.r#type),
        ("x-amz-sns-message-id", envelope.message_id),
        ("x-amz-sns-topic-arn", topic),
    ];
    if !confirmation {
        headers.push(("x-amz-sns-subscription-arn", subscription));
    }
    let body = serde_json::to_string(&envelope).map_err(|error| Error::Publication(error.to_string()))?;
    Ok(SnsDelivery {
        id: pending.id,
        endpoint: pending.endpoint.clone(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body,
    })
}
