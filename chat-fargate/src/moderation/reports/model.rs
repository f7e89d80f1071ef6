//! Reports and their rules.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::UserId;
use shared::ids;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::messages::StoredMessage;
use crate::moderation::rules::Reported;
use crate::threads::ThreadId;

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reason {
    /// Nobody asked for it.
    Spam,
    /// It is against somebody.
    Harassment,
    /// It is against a group of people.
    Hate,
    /// It threatens, or praises violence.
    Violence,
    /// It is sexual.
    Sexual,
    /// It breaks the law.
    Illegal,
    /// As the comment says.
    Other,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReportStatus {
    /// Nobody has decided yet.
    Open,
    /// The message was deleted.
    Removed,
    /// The message stays.
    Dismissed,
}

/// Why a message is reported. `other` needs a comment.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReportMessage {
    #[garde(skip)]
    #[schema(inline)]
    pub(super) reason: Reason,
    /// For those who decide.
    #[garde(length(chars, min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub(super) comment: Option<String>,
}

impl ReportMessage {
    /// That it says what is wrong.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.reason == Reason::Other && self.comment.is_none() {
            return Err(Error::field("comment", "must say what is wrong"));
        }
        Ok(())
    }
}

/// What is to become of a report's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// It is deleted.
    Removed,
    /// It stays.
    Dismissed,
}

/// What is to become of a report.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResolveReport {
    #[garde(skip)]
    #[schema(inline)]
    pub(super) outcome: Outcome,
    /// For the others who decide.
    #[garde(length(chars, min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub(super) note: Option<String>,
}

/// That a message was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) id: Uuid,
    pub(crate) thread_id: ThreadId,
    pub(crate) message_id: Uuid,
    /// The message's number in its thread.
    pub(crate) seq: u64,
    /// Who wrote it.
    pub(crate) sender_id: UserId,
    /// What it said when it was reported, for those who decide; edits and deletions do not change that. Null once its author
    /// is erased, and for who has reported it.
    pub(crate) content: Option<String>,
    /// How often it was edited before.
    pub(crate) edits: u32,
    /// Who reported it, for admins; null for a rule, and for moderators.
    pub(crate) reporter_id: Option<UserId>,
    /// The rule about words that reported it; null for a member.
    pub(crate) rule_id: Option<Uuid>,
    /// Null for a rule.
    #[schema(inline)]
    pub(crate) reason: Option<Reason>,
    pub(crate) comment: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) filed_at: Timestamp,
    #[schema(inline)]
    pub(crate) status: ReportStatus,
    pub(crate) resolved_by: Option<UserId>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) resolved_at: Option<Timestamp>,
    pub(crate) note: Option<String>,
}

impl Report {
    /// A member's.
    pub(super) fn by_member(reporter: UserId, said: ReportMessage, message: &StoredMessage, now: Timestamp) -> Self {
        let (reporter_id, reason, comment) = (Some(reporter), Some(said.reason), said.comment);
        Self { reporter_id, reason, comment, ..Self::of(message, now) }
    }

    /// A rule's.
    pub(crate) fn by_rule(reported: &Reported, message: &StoredMessage, now: Timestamp) -> Self {
        let (rule_id, content) = (Some(reported.rule), Some(reported.said.clone()));
        Self { content, rule_id, ..Self::of(message, now) }
    }

    fn of(message: &StoredMessage, now: Timestamp) -> Self {
        Self {
            id: ids::at(now),
            thread_id: message.thread_id,
            message_id: message.id,
            seq: message.seq,
            sender_id: message.sender_id,
            content: Some(message.content.clone()),
            edits: message.edits,
            reporter_id: None,
            rule_id: None,
            reason: None,
            comment: None,
            filed_at: now,
            status: ReportStatus::Open,
            resolved_by: None,
            resolved_at: None,
            note: None,
        }
    }

    /// As moderators see it, who may know the reporter.
    pub(super) fn without_reporter(self) -> Self {
        Self { reporter_id: None, ..self }
    }
}
