//! That the first system account was invited: `BOOTSTRAP` / `INVITED`.

use jiff::Timestamp;
use serde::Serialize;
use shared::store::{Action, Key, Table};

use crate::links::{Invitation, Purpose};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invited<'a> {
    email: &'a str,
    invited_at: Timestamp,
}

/// The write by which `email` is invited as the first; refused while its invitation is open. Another address is invited
/// at once: the one before it may have been mistyped.
pub(super) fn first_invited(table: &Table, email: &str, now: Timestamp) -> Action {
    let put = table.put(&Key::new("BOOTSTRAP", "INVITED"), &Invited { email, invited_at: now });
    put.when("attribute_not_exists(pk) OR invitedAt <= :outdated OR email <> :email")
        .value(":outdated", now - Invitation::LIFETIME)
        .value(":email", email)
}
