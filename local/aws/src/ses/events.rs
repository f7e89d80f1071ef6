//! What becomes of a mail, told to the topics of its configuration set.
//!
//! Mail arrives, except at the addresses of SES's mailbox simulator.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::Mail;
use crate::ambient;
use crate::clock::iso;
use crate::sns::Notification;
use crate::template::{EventDestination, Template};

const SUBJECT: &str = "Amazon SES Email Event Notification";
const SIMULATOR: &str = "simulator.amazonses.com";
/// What the simulated delivery of a mail takes.
const PROCESSING_MS: i64 = 100;

/// The declared configuration sets, and the topics that listen to them.
pub(crate) struct ConfigurationSets {
    names: Vec<String>,
    destinations: Vec<EventDestination>,
}

/// How the receiving side treats an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Treatment {
    Delivered,
    Bounced,
    Suppressed,
    OutOfOffice,
    Complained,
}

/// An event before it is known who hears of it.
struct Event {
    /// `Delivery`; its details are under the same name in lower case.
    kind: &'static str,
    details: Json,
}

impl ConfigurationSets {
    pub(crate) fn new(template: &Template) -> Self {
        let names = template.configuration_sets.iter().map(|set| set.name.clone()).collect();
        Self { names, destinations: template.event_destinations.clone() }
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.names.iter().any(|it| it == name)
    }

    /// What each topic is told of a mail that was sent with a configuration set, in order.
    pub(super) fn notifications(
        &self,
        set: &str,
        mail: &Mail,
        tags: &[(String, String)],
        now: i64,
    ) -> Vec<(String, Notification)> {
        let destinations: Vec<_> = self.destinations.iter().filter(|it| it.configuration_set == set).collect();
        if destinations.is_empty() {
            return Vec::new();
        }
        let about = about(mail, set, tags, now);
        let mut notifications = Vec::new();
        for Event { kind, details } in events(mail, now) {
            let key = kind.to_ascii_lowercase();
            let message = json!({"eventType": kind, "mail": about, key.as_str(): details}).to_string();
            for destination in &destinations {
                if destination.event_types.iter().any(|it| it.eq_ignore_ascii_case(kind)) {
                    let (message_id, subject) = (ambient::id().to_string(), Some(SUBJECT.to_owned()));
                    let notification = Notification { message_id, subject, message: message.clone() };
                    notifications.push((destination.topic.clone(), notification));
                }
            }
        }
        notifications
    }
}

/// The events of a mail, in the order in which SES would tell them.
fn events(mail: &Mail, now: i64) -> Vec<Event> {
    let addresses = |treatments: &[Treatment]| -> Vec<&str> {
        let all = mail.to.iter().map(|it| bare(it));
        all.filter(|it| treatments.contains(&treatment(it))).collect()
    };
    let mut events = vec![Event { kind: "Send", details: json!({}) }];
    let delivered = addresses(&[Treatment::Delivered, Treatment::OutOfOffice, Treatment::Complained]);
    if !delivered.is_empty() {
        let details = json!({
            "timestamp": iso(now + PROCESSING_MS),
            "processingTimeMillis": PROCESSING_MS,
            "recipients": delivered,
            "smtpResponse": "250 2.6.0 Message received",
            "reportingMTA": "a1-1.smtp-out.amazonses.com",
        });
        events.push(Event { kind: "Delivery", details });
    }
    for treatment in [Treatment::Bounced, Treatment::Suppressed, Treatment::OutOfOffice] {
        let bounced = addresses(&[treatment]);
        if !bounced.is_empty() {
            events.push(Event { kind: "Bounce", details: bounce(treatment, &bounced, now) });
        }
    }
    let complained = addresses(&[Treatment::Complained]);
    if !complained.is_empty() {
        let recipients: Vec<_> = complained.iter().map(|it| json!({"emailAddress": it})).collect();
        let details = json!({
            "complainedRecipients": recipients,
            "timestamp": iso(now + PROCESSING_MS),
            "feedbackId": ambient::id(),
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
        });
        events.push(Event { kind: "Complaint", details });
    }
    events
}

fn bounce(treatment: Treatment, addresses: &[&str], now: i64) -> Json {
    let (kind, sub_kind, diagnostic) = match treatment {
        Treatment::Suppressed => (
            "Permanent",
            "Suppressed",
            Some(
                "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as \
                 an invalid address.",
            ),
        ),
        // The answer of a person's mailbox is no delivery status notification.
        Treatment::OutOfOffice => ("Transient", "General", None),
        _ => ("Permanent", "General", Some("smtp; 550 5.1.1 user unknown")),
    };
    let recipient = |address: &&str| match diagnostic {
        Some(text) => {
            json!({"emailAddress": address, "action": "failed", "status": "5.1.1", "diagnosticCode": text})
        }
        None => json!({"emailAddress": address}),
    };
    json!({
        "bounceType": kind,
        "bounceSubType": sub_kind,
        "bouncedRecipients": addresses.iter().map(recipient).collect::<Vec<_>>(),
        "timestamp": iso(now + PROCESSING_MS),
        "feedbackId": ambient::id(),
        "reportingMTA": "dns; a1-1.smtp-out.amazonses.com",
    })
}

/// The part that every event has.
fn about(mail: &Mail, set: &str, tags: &[(String, String)], now: i64) -> Json {
    let mut all_tags: BTreeMap<&str, Vec<&str>> = BTreeMap::from([("ses:configuration-set", vec![set])]);
    if let Some((_, domain)) = bare(&mail.from).rsplit_once('@') {
        all_tags.insert("ses:from-domain", vec![domain]);
    }
    for (name, value) in tags {
        all_tags.entry(name).or_default().push(value);
    }
    let composed = [("From", mail.from.clone()), ("To", mail.to.join(", ")), ("Subject", mail.subject.clone())];
    let headers: Vec<Json> = match mail.headers.as_slice() {
        [] => composed.iter().map(|(name, value)| json!({"name": name, "value": value})).collect(),
        headers => headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect(),
    };
    let common = Map::from_iter([
        ("from".to_owned(), json!([mail.from])),
        ("to".to_owned(), json!(mail.to)),
        ("messageId".to_owned(), json!(mail.id)),
        ("subject".to_owned(), json!(mail.subject)),
    ]);
    json!({
        "timestamp": iso(now),
        "source": mail.from,
        "messageId": mail.id,
        "destination": mail.to,
        "headersTruncated": false,
        "headers": headers,
        "commonHeaders": common,
        "tags": all_tags,
    })
}

/// By the simulator's addresses, with a label or without.
fn treatment(address: &str) -> Treatment {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return Treatment::Delivered;
    };
    if !domain.eq_ignore_ascii_case(SIMULATOR) {
        return Treatment::Delivered;
    }
    let name = local.split('+').next().unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "bounce" => Treatment::Bounced,
        "suppressionlist" => Treatment::Suppressed,
        "ooto" => Treatment::OutOfOffice,
        "complaint" => Treatment::Complained,
        _ => Treatment::Delivered,
    }
}

/// The address of `Name <address>`.
fn bare(address: &str) -> &str {
    let within = address.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    within.map_or(address, |(address, _)| address).trim()
}
