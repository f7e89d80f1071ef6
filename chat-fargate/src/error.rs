//! What can go wrong in chat, and what a caller is told of it.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::json;
use shared::auth::UserId;
use shared::http::refuse;
use shared::{Error, Problem, ServiceError};

/// The errors of this service.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// What every service has.
    #[error(transparent)]
    Shared(#[from] Error),
    /// The content of a message breaks a rule.
    #[error("The message is not valid: {0}.")]
    InvalidMessage(&'static str),
    /// Above 25 MB.
    #[error("A file may have 25000000 bytes at most.")]
    AttachmentTooLarge,
    /// A type that is none of ours, or one that only the platform may send.
    #[error("Messages of this type cannot be sent.")]
    UnsupportedMessageType,
    /// Neither direct, nor group, nor channel.
    #[error("There are no threads of this type.")]
    InvalidThreadType,
    /// Not there, or another tenant's.
    #[error("There is no such thread.")]
    ThreadNotFound,
    /// It is there, but the caller does not take part in it.
    #[error("You are not a member of this thread.")]
    NotThreadMember,
    /// It is read only.
    #[error("This thread is archived.")]
    ThreadArchived,
    /// Not there, or another tenant's.
    #[error("There is no such message.")]
    MessageNotFound,
    /// Somebody else's, deleted, or changed too often.
    #[error("You may not change this message.")]
    MessageEditForbidden,
    /// One of those concerned blocks another one.
    #[error("One of you blocks the other.")]
    UserBlocked,
    /// Those who keep order in the thread want it so.
    #[error("You may write nothing in this thread for some time.")]
    Silenced {
        /// Until when.
        until: Timestamp,
        /// How long that is.
        retry_after: Duration,
    },
    /// Those who keep order in the thread want none of these in it.
    #[error("Some of these users are banned from this thread.")]
    Banned(Vec<UserId>),
    /// The thread is in slow mode, and the sender has just sent something.
    #[error("This thread is in slow mode.")]
    TooFast {
        /// How long until the next message.
        retry_after: Duration,
    },
    /// None, several, or something else.
    #[error("This is no emoji.")]
    InvalidEmoji,
    /// The caller has reacted so already, or the message has as many reactions as it may have.
    #[error("This reaction is there already, or the message has too many.")]
    ReactionExists,
}

impl ServiceError for ChatError {
    fn problem(&self) -> Problem {
        match self {
            Self::Shared(error) => error.problem(),
            Self::InvalidMessage(_) => Problem::new(400, "INVALID_MESSAGE"),
            Self::AttachmentTooLarge => Problem::new(400, "ATTACHMENT_TOO_LARGE"),
            Self::UnsupportedMessageType => Problem::new(400, "UNSUPPORTED_MESSAGE_TYPE"),
            Self::InvalidThreadType => Problem::new(400, "INVALID_THREAD_TYPE"),
            Self::ThreadNotFound => Problem::new(404, "THREAD_NOT_FOUND"),
            Self::NotThreadMember => Problem::new(403, "NOT_THREAD_MEMBER"),
            Self::ThreadArchived => Problem::new(409, "THREAD_ARCHIVED"),
            Self::MessageNotFound => Problem::new(404, "MESSAGE_NOT_FOUND"),
            Self::MessageEditForbidden => Problem::new(403, "MESSAGE_EDIT_FORBIDDEN"),
            Self::UserBlocked => Problem::new(403, "USER_BLOCKED"),
            Self::Silenced { until, retry_after } => Problem {
                details: Some(json!({"silencedUntil": until})),
                ..Problem::retry_after(403, "FORBIDDEN", *retry_after)
            },
            Self::Banned(users) => {
                Problem { details: Some(json!({"bannedUserIds": users})), ..Problem::new(403, "FORBIDDEN") }
            }
            Self::TooFast { retry_after } => Problem {
                details: Some(json!({"retryAfterSeconds": whole_seconds(*retry_after)})),
                ..Problem::retry_after(429, "RATE_LIMITED", *retry_after)
            },
            Self::InvalidEmoji => Problem::new(400, "INVALID_EMOJI"),
            Self::ReactionExists => Problem::new(409, "REACTION_EXISTS"),
        }
    }
}

impl IntoResponse for ChatError {
    fn into_response(self) -> Response {
        refuse(&self).into_response()
    }
}

/// No shorter than `time`.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
