//! Blocks: who is blocked, and since when.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use utoipa::ToSchema;

/// Whom to block.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct BlockUser {
    /// Somebody else; that he is a user of the tenant is not looked up.
    pub(super) user_id: UserId,
}

/// Somebody who is blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Block {
    pub(crate) user_id: UserId,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) blocked_at: Timestamp,
}
