//! Rules of fields that more than one endpoint has.

use shared::auth::Role;
use shared::http::AtMost;
use shared::http::rules::{is_unseen, refuse_unless};

use super::username;

/// A name: text that is seen as it is written, without spaces around it. It stands in mails, so it is no link.
pub(crate) fn plain_text<C>(text: &str, _: &C) -> garde::Result {
    let plain = !text.chars().any(|letter| letter.is_control() || is_unseen(letter)) && text.trim() == text;
    // Joiners stand between letters, in Persian names above all; alone they are nothing.
    let visible = text.chars().any(|letter| !letter.is_whitespace() && !is_joiner(letter));
    refuse_unless(plain && visible && !text.contains("://"), "must be plain text without spaces around it")
}

fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_seen_as_it_is_written() {
        for right in ["Ada", "Zoë O'Neil-Šimić", "李小龍", "می\u{200c}خواهم", "Dr. Who (he/him)", "👩\u{200d}💻 Ada"]
        {
            assert!(plain_text(right, &()).is_ok(), "{right}");
        }
        let wrong = [
            " Ada",
            "a\nb",
            "\u{202e}evil",
            "\u{200b}",
            "\u{200d}",
            "A\u{2066}da",
            "\u{feff}Ada",
            "see https://a.example",
        ];
        for wrong in wrong {
            assert!(plain_text(wrong, &()).is_err(), "{wrong:?}");
        }
    }
}
