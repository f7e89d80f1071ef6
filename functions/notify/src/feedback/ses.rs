//! SES's events, as they stand in the messages of its topic.

use jiff::Timestamp;
use serde::Deserialize;

use super::model::{Happened, Told};

/// What is read of an event; SES adds fields as it likes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(rename = "eventType")]
    kind: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    reject: Option<Reject>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    /// When SES took it.
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    #[serde(default)]
    bounce_sub_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_feedback_type: Option<String>,
}

#[derive(Deserialize)]
struct Reject {
    #[serde(default)]
    reason: String,
}

/// What `message` tells; `None` for what we do not care about.
pub(super) fn read(event_id: &str, message: &str) -> Option<Told> {
    let event: Event = serde_json::from_str(message).ok()?;
    let what = match event.kind.as_str() {
        "Delivery" => Happened::Delivered,
        "Open" => Happened::Read,
        // Some tell that a message was taken for spam and is none.
        "Complaint" if event.complaint?.complaint_feedback_type.as_deref() == Some("not-spam") => return None,
        "Complaint" => Happened::Complained,
        "Bounce" => {
            let bounce = event.bounce?;
            let code = format!("{}/{}", bounce.bounce_type, bounce.bounce_sub_type);
            Happened::Bounced { permanent: bounce.bounce_type == "Permanent", code: short(&code) }
        }
        "Reject" => Happened::Refused { code: short(&event.reject?.reason) },
        _ => return None,
    };
    Some(Told { event: event_id.to_owned(), message: event.mail.message_id, at: event.mail.timestamp, what })
}

/// A code, not a story.
fn short(code: &str) -> String {
    code.chars().filter(|letter| letter.is_ascii_graphic() || *letter == ' ').take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(kind: &str, more: &serde_json::Value) -> Option<Happened> {
        let mut event =
            json!({"eventType": kind, "mail": {"messageId": "m", "timestamp": "2026-01-01T00:00:00.000Z", "tags": {}}});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read("e", &event.to_string()).map(|told| told.what)
    }

    #[test]
    fn each_event_means_something() {
        let bounce =
            |kind: &str| json!({"bounce": {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": []}});
        let bounced = |permanent, code: &str| Some(Happened::Bounced { permanent, code: code.to_owned() });
        assert_eq!(told("Bounce", &bounce("Permanent")), bounced(true, "Permanent/General"));
        assert_eq!(told("Bounce", &bounce("Transient")), bounced(false, "Transient/General"));
        assert_eq!(told("Complaint", &json!({"complaint": {}})), Some(Happened::Complained));
        assert_eq!(told("Delivery", &json!({"delivery": {}})), Some(Happened::Delivered));
        assert_eq!(told("Open", &json!({"open": {}})), Some(Happened::Read));
        assert_eq!(told("Complaint", &json!({"complaint": {"complaintFeedbackType": "not-spam"}})), None);
        let reject = json!({"reject": {"reason": "Bad content"}});
        assert_eq!(told("Reject", &reject), Some(Happened::Refused { code: "Bad content".to_owned() }));
        assert_eq!(told("Click", &json!({"click": {}})), None);
        assert_eq!(told("Bounce", &json!({})), None);
        assert_eq!(read("e", "Successfully validated SNS topic for Amazon SES event publishing."), None);
    }
}
