//! `Publish`: to a phone, to an app on a device, or to a topic.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Map, Value as Json};

use super::endpoints::Endpoint;
use super::error::SnsError;
use super::outbox::{self, Notification};
use super::publication::{Publication, PublicationKind};
use crate::form::Form;

/// What SNS accepts as the size of one message.
const LARGEST: usize = 256 * 1024;
const LONGEST_SUBJECT: usize = 100;

/// A checked `Publish`.
pub(super) struct Publish {
    target: Target,
    subject: Option<String>,
    message: String,
    /// With `MessageStructure` `json`: a text for each protocol.
    texts: Option<Map<String, Json>>,
}

enum Target {
    Phone(String),
    Endpoint(String),
    Topic(String),
}

impl Publish {
    pub(super) fn parse(form: &Form) -> Result<Self, SnsError> {
        let message = form.value("Message").filter(|it| !it.is_empty());
        let message = message.ok_or_else(|| SnsError::invalid("Empty message"))?;
        if message.len() > LARGEST {
            return Err(SnsError::invalid("Message too long"));
        }
        let subject = form.value("Subject");
        if let Some(subject) = &subject
            && (subject.is_empty() || subject.chars().count() > LONGEST_SUBJECT || subject.contains(char::is_control))
        {
            return Err(SnsError::invalid("Subject"));
        }
        let texts = match form.value("MessageStructure").as_deref() {
            None => None,
            Some("json") => Some(texts(&message)?),
            Some(_) => return Err(SnsError::invalid("MessageStructure")),
        };
        Ok(Self { target: target(form)?, subject, message, texts })
    }

    /// Stores it where it goes, under the id that is answered.
    pub(super) fn run(
        self,
        connection: &Connection,
        topics: &BTreeSet<String>,
        id: String,
        now: i64,
    ) -> Result<(), SnsError> {
        let (kind, to) = match self.target {
            Target::Topic(topic) if !topics.contains(&topic) => return Err(SnsError::NotFound("Topic")),
            Target::Topic(topic) => {
                let message = match &self.texts {
                    Some(texts) => text_of(texts, "http"),
                    None => self.message,
                };
                let notification = Notification { message_id: id, subject: self.subject, message };
                return Ok(outbox::add(connection, &topic, &notification, now)?);
            }
            Target::Phone(number) => (PublicationKind::Sms, number),
            Target::Endpoint(arn) => {
                let endpoint = Endpoint::find(connection, &arn)?.ok_or_else(|| {
                    SnsError::invalid("TargetArn Reason: No endpoint found for the target arn specified")
                })?;
                if !endpoint.enabled {
                    return Err(SnsError::EndpointDisabled);
                }
                (PublicationKind::Push, arn)
            }
        };
        let (subject, message, links, at) = (self.subject, self.message, Vec::new(), Timestamp::default());
        Publication { id, kind, to, subject, message, links, at }.store(connection, now)
    }
}

fn target(form: &Form) -> Result<Target, SnsError> {
    let values = ["PhoneNumber", "TargetArn", "TopicArn"].map(|name| form.value(name));
    match values {
        [Some(number), None, None] if is_e164(&number) => Ok(Target::Phone(number)),
        [Some(number), None, None] => {
            Err(SnsError::invalid(format!("PhoneNumber Reason: {number} is not valid to publish to")))
        }
        [None, Some(arn), None] if arn.contains(":endpoint/") => Ok(Target::Endpoint(arn)),
        [None, Some(arn), None] | [None, None, Some(arn)] if arn.starts_with("arn:aws:sns:") => Ok(Target::Topic(arn)),
        [None, Some(_), None] => Err(SnsError::invalid("TargetArn Reason: An ARN must have at least 6 elements")),
        [None, None, Some(_)] => Err(SnsError::invalid("TopicArn Reason: An ARN must have at least 6 elements")),
        [None, None, None] => Err(SnsError::invalid("TopicArn or TargetArn Reason: no value for required parameter")),
        _ => Err(SnsError::invalid("TopicArn, TargetArn or PhoneNumber Reason: only one of them may be given")),
    }
}

/// A plus, then up to 15 digits of which the first is not 0.
fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit()) && !digits.starts_with('0')
}

fn texts(message: &str) -> Result<Map<String, Json>, SnsError> {
    let texts: Map<String, Json> = serde_json::from_str(message)
        .map_err(|_| SnsError::invalid("Message Structure - JSON message body failed to parse"))?;
    if !texts.get("default").is_some_and(Json::is_string) {
        return Err(SnsError::invalid("Message Structure - No default entry in JSON message body"));
    }
    Ok(texts)
}

fn text_of(texts: &Map<String, Json>, protocol: &str) -> String {
    let text = texts.get(protocol).or_else(|| texts.get("default")).and_then(Json::as_str);
    text.unwrap_or_default().to_owned()
}
