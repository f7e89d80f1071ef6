//! Rules of fields that more than one endpoint has.

use shared::auth::Role;
use shared::http::AtMost;
use shared::http::rules::refuse_unless;

use super::username;

/// A name: no control characters, no spaces around it.
pub(crate) fn plain_text<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(
        !text.chars().any(char::is_control) && text.trim() == text,
        "must be plain text without spaces around it",
    )
}

/// What a new username may be.
pub(crate) fn username_rule<C>(text: &str, _: &C) -> garde::Result {
    username::problem(text).map_or(Ok(()), |problem| Err(garde::Error::new(problem)))
}

/// Roles that may stand beside each other.
pub(crate) fn different_roles<C, const N: usize>(AtMost(roles): &AtMost<Role, N>, _: &C) -> garde::Result {
    let different = (1..roles.len()).all(|index| !roles[..index].contains(&roles[index]));
    refuse_unless(!roles.is_empty() && different, "must be one to five different roles")
}

/// Roles that an admin may give.
pub(crate) fn assignable<C, const N: usize>(roles: &AtMost<Role, N>, context: &C) -> garde::Result {
    different_roles(roles, context)?;
    refuse_unless(!roles.0.contains(&Role::System), "must not hold `system`")
}
