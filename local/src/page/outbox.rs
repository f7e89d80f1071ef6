//! Every message that the platform sent to somebody, whatever it went by.

use std::sync::Arc;

use jiff::Timestamp;
use local_aws::{LocalAws, Mail, Publication, PublicationKind, links};
use serde::Serialize;
use serde_json::Value;

use super::inbox::{Inbox, Row};
use crate::queues::cause;
use crate::sandbox::{Sandbox, Taken};
use crate::seeds;

/// Where messages end on this machine.
pub(crate) struct Outbox {
    aws: Arc<LocalAws>,
    sandbox: Sandbox,
    inbox: Inbox,
}

/// A message as the page shows it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct SentMessage {
    pub(super) id: String,
    channel: String,
    to: String,
    subject: String,
    text: Option<String>,
    pub(super) html: Option<String>,
    links: Vec<String>,
    at: Timestamp,
}

impl Outbox {
    pub(crate) fn new(aws: Arc<LocalAws>, sandbox: Sandbox, inbox: Inbox) -> Self {
        Self { aws, sandbox, inbox }
    }

    /// All of them, newest first. An error is said in words.
    pub(super) async fn messages(&self) -> Result<Vec<SentMessage>, String> {
        let aws = |error: local_aws::Error| error.to_string();
        let mails = self.aws.mailbox().await.map_err(aws)?.into_iter().map(SentMessage::from);
        let publications = self.aws.publications().await.map_err(aws)?.into_iter().map(SentMessage::from);
        // What came later is behind what came earlier in these two.
        let taken = self.sandbox.taken().into_iter().rev().map(SentMessage::from);
        let rows = self.inbox.rows().await.map_err(|error| cause(&error))?;
        let rows = rows.iter().map(SentMessage::from);
        let mut messages: Vec<_> = mails.chain(publications).chain(taken).chain(rows).collect();
        messages.sort_by_key(|message| std::cmp::Reverse(message.at));
        Ok(messages)
    }
}

impl From<Mail> for SentMessage {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id,
            channel: "email".to_owned(),
            to: mail.to.join(", "),
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            links: mail.links,
            at: mail.at,
        }
    }
}

impl From<Publication> for SentMessage {
    fn from(sent: Publication) -> Self {
        let (channel, subject, text) = match sent.kind {
            PublicationKind::Sms => ("sms", sent.subject, Some(sent.message)),
            PublicationKind::Push => match push(&sent.message) {
                Some((title, text)) => ("push", title, text),
                None => ("push", sent.subject, Some(sent.message)),
            },
        };
        Self {
            id: sent.id,
            channel: channel.to_owned(),
            to: sent.to,
            links: found([&subject, &text, &None]),
            subject: subject.unwrap_or_default(),
            text,
            html: None,
            at: sent.at,
        }
    }
}

impl From<Taken> for SentMessage {
    fn from(taken: Taken) -> Self {
        let content = taken.content;
        let subject = content.subject.or(content.title);
        Self {
            id: taken.id.to_string(),
            channel: taken.channel,
            to: taken.to,
            links: found([&subject, &content.text, &content.html]),
            subject: subject.unwrap_or_default(),
            text: content.text,
            html: content.html,
            at: taken.at,
        }
    }
}

impl From<&Row> for SentMessage {
    fn from(row: &Row) -> Self {
        let user = row.user();
        let to = seeds::email_of(user).unwrap_or(user).to_owned();
        let message = row.message.clone();
        Self {
            id: message.id.to_string(),
            channel: "inapp".to_owned(),
            to,
            links: found([&message.title, &message.text, &message.html]),
            subject: message.title.unwrap_or_default(),
            text: message.text,
            html: message.html,
            at: message.created_at,
        }
    }
}

fn found(texts: [&Option<String>; 3]) -> Vec<String> {
    links(&texts.map(|text| text.as_deref().unwrap_or_default()))
}

/// Title and text of a push, from the form that Apple's devices get.
fn push(message: &str) -> Option<(Option<String>, Option<String>)> {
    let forms: Value = serde_json::from_str(message).ok()?;
    let apple: Value = serde_json::from_str(forms["APNS"].as_str()?).ok()?;
    let alert = apple["aps"]["alert"].as_object()?;
    let part = |name: &str| alert.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((part("title"), part("body")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(message: impl Into<SentMessage>) -> Value {
        serde_json::to_value(message.into()).unwrap()
    }

    fn publication(kind: PublicationKind, message: &str) -> Publication {
        Publication {
            id: "1".to_owned(),
            kind,
            to: "+436641234567".to_owned(),
            subject: None,
            message: message.to_owned(),
            links: Vec::new(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_mail_is_a_message_with_all_its_recipients() {
        let mail = Mail {
            id: "1".to_owned(),
            to: vec!["a@example.com".to_owned(), "b@example.com".to_owned()],
            subject: "Hello".to_owned(),
            text: Some("See http://127.0.0.1/x".to_owned()),
            links: vec!["http://127.0.0.1/x".to_owned()],
            ..Mail::default()
        };
        let expected = json!({
            "id": "1", "channel": "email", "to": "a@example.com, b@example.com", "subject": "Hello",
            "text": "See http://127.0.0.1/x", "html": null, "links": ["http://127.0.0.1/x"], "at": "1970-01-01T00:00:00Z",
        });
        assert_eq!(shown(mail), expected);
    }

    #[test]
    fn a_push_is_shown_as_a_device_shows_it() {
        let apple = json!({"aps": {"alert": {"title": "Hello", "body": "See https://a.example/x"}}, "id": "1"});
        let message = json!({"default": "x", "APNS": apple.to_string()}).to_string();
        let push = shown(publication(PublicationKind::Push, &message));
        assert_eq!((&push["channel"], &push["subject"]), (&json!("push"), &json!("Hello")));
        assert_eq!(
            (&push["text"], &push["links"]),
            (&json!("See https://a.example/x"), &json!(["https://a.example/x"]))
        );
        // Whatever somebody else publishes is shown as it is.
        for other in ["Hello", "{}", r#"{"APNS": "{}"}"#] {
            assert_eq!(shown(publication(PublicationKind::Push, other))["text"], other);
        }
    }

    #[test]
    fn a_text_message_has_its_text() {
        let sms = shown(publication(PublicationKind::Sms, "Your code: https://a.example/1"));
        assert_eq!((&sms["channel"], &sms["subject"]), (&json!("sms"), &json!("")));
        assert_eq!((&sms["to"], &sms["links"]), (&json!("+436641234567"), &json!(["https://a.example/1"])));
    }
}
