//! What is remembered of an act.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::auth::UserId;
use shared::ids;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::moderation::rules::RuleSummary;
use crate::threads::ThreadId;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Act {
    /// Somebody blocks somebody.
    UserBlocked,
    /// And does so no more.
    UserUnblocked,
    /// A member has another role.
    RoleChanged,
    /// Somebody else took a member out.
    MemberRemoved,
    /// A member is to write nothing for some time.
    MemberSilenced,
    /// A member may write again.
    MemberUnsilenced,
    /// Somebody is to take no part in a thread.
    MemberBanned,
    /// Somebody may be added again.
    MemberUnbanned,
    /// A thread's members wait for another time between two messages.
    SlowModeChanged,
    /// Somebody else deleted a message.
    MessageRemoved,
    /// A member reported a message.
    MessageReported,
    /// A report was decided on.
    ReportResolved,
    /// A rule about words was made.
    RuleCreated,
    /// A rule about words was changed.
    RuleChanged,
    /// A rule about words is gone.
    RuleDeleted,
}

/// One line of a tenant's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    /// The log is in its order.
    pub(crate) id: Uuid,
    #[serde(rename = "type")]
    #[schema(inline)]
    pub(crate) act: Act,
    /// Who did it.
    pub(crate) actor_id: UserId,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    /// In which thread.
    pub(crate) thread_id: Option<ThreadId>,
    /// Whom it concerns.
    pub(crate) user_id: Option<UserId>,
    /// Which message it concerns.
    pub(crate) message_id: Option<Uuid>,
    /// Which report or rule it concerns.
    pub(crate) subject_id: Option<Uuid>,
    /// Until when it holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Timestamp>,
    /// What holds from then on: a role, seconds of slow mode, `removed` or `dismissed`.
    #[schema(value_type = Option<Value>)]
    pub(crate) value: Option<Value>,
    /// The rule as it is from then on, or was when it went.
    pub(crate) rule: Option<RuleSummary>,
}

impl Event {
    /// An act on nothing yet.
    pub(crate) fn new(act: Act, actor_id: UserId, at: Timestamp) -> Self {
        Self {
            id: ids::at(at),
            act,
            actor_id,
            at,
            thread_id: None,
            user_id: None,
            message_id: None,
            subject_id: None,
            until: None,
            value: None,
            rule: None,
        }
    }

    /// Where it was done.
    pub(crate) fn in_thread(self, thread: ThreadId) -> Self {
        Self { thread_id: Some(thread), ..self }
    }

    /// Whom it concerns.
    pub(crate) fn on(self, user: UserId) -> Self {
        Self { user_id: Some(user), ..self }
    }

    /// Which message it concerns.
    pub(crate) fn about(self, message: Uuid) -> Self {
        Self { message_id: Some(message), ..self }
    }

    /// Which report or rule it concerns.
    pub(crate) fn of(self, subject: Uuid) -> Self {
        Self { subject_id: Some(subject), ..self }
    }

    /// What holds from then on.
    pub(crate) fn value(self, value: impl Into<Value>) -> Self {
        Self { value: Some(value.into()), ..self }
    }

    /// The rule that it concerns.
    pub(crate) fn with_rule(self, rule: RuleSummary) -> Self {
        Self { rule: Some(rule), ..self }
    }

    /// Until when it holds.
    pub(crate) fn until(self, until: Option<Timestamp>) -> Self {
        Self { until, ..self }
    }
}
