//! What a tenant is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Plan, TenantId};

/// An organizer's own space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What people call it.
    pub name: String,
    /// What it pays for.
    pub plan: Plan,
    /// Whether anybody may sign up into it.
    pub open_signup: bool,
    /// When it was made.
    pub created_at: Timestamp,
}
