//! Rules of fields that more than one endpoint has.

use shared::http::rules::refuse_unless;

/// A name: no control characters, no spaces around it.
pub(crate) fn plain_text<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(
        !text.chars().any(char::is_control) && text.trim() == text,
        "must be plain text without spaces around it",
    )
}
