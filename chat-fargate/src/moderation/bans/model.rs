//! Bans and their rules.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use utoipa::ToSchema;

use crate::threads::ThreadId;

/// Who is to take no part in a thread.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BanUser {
    #[garde(skip)]
    pub(super) user_id: UserId,
    /// Until when; without it until that is taken back.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) until: Option<Timestamp>,
    /// For those who keep order there.
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub(super) reason: Option<String>,
}

/// That somebody is to take no part in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ban {
    pub(crate) thread_id: ThreadId,
    pub(crate) user_id: UserId,
    /// Null for a ban without an end.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Timestamp>,
    pub(crate) reason: Option<String>,
    pub(crate) banned_by: UserId,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) banned_at: Timestamp,
}

impl Ban {
    /// Whether it is not over.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}
