//! Which passwords may be chosen (NIST SP 800-63B): long enough and hard to guess; no composition rules.

use zxcvbn::{Score, zxcvbn};

use crate::AuthError;

/// Fewer characters are refused.
pub(crate) const SHORTEST: usize = 8;
/// More characters are refused.
pub(crate) const LONGEST: usize = 256;
/// Less is refused: 10^8 guesses, by words, names, keyboards, dates, and the 30 000 commonest passwords.
const LEAST: Score = Score::Three;
/// What everybody guesses first here.
const OWN_WORDS: [&str; 2] = ["eventzr", "event"];

/// Refuses a password that is easy to guess for whoever knows `about`: address, name, username.
pub(crate) fn check(password: &str, about: &[&str]) -> Result<(), AuthError> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(AuthError::WeakPassword(format!("it must have {SHORTEST} to {LONGEST} characters")));
    }
    let parts = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let known: Vec<&str> =
        OWN_WORDS.into_iter().chain(about.iter().copied()).chain(parts).filter(|text| text.len() > 2).collect();
    let guessed = zxcvbn(password, &known);
    if guessed.score() >= LEAST {
        return Ok(());
    }
    let warning = guessed.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    Err(AuthError::WeakPassword(
        warning.map_or_else(|| "choose a longer one".to_owned(), |warning| warning.to_string()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_and_breached_style_passwords_are_refused() {
        for weak in [
            "password",
            "Password1",
            "Password123!",
            "P@ssw0rd!",
            "qwertyuiop",
            "1q2w3e4r5t",
            "iloveyou1",
            "letmein123",
            "Summer2026!",
            "Welcome1!",
            "abcdefgh",
            "aaaaaaaaaaaa",
            "12345678901",
            "admin123",
            "football1",
            "Eventzr2026",
        ] {
            assert!(matches!(check(weak, &[]), Err(AuthError::WeakPassword(_))), "{weak}");
        }
    }

    #[test]
    fn ones_own_name_is_no_password() {
        let about = ["ada.lovelace@example.com", "Ada", "Lovelace"];
        for weak in ["adalovelace", "Lovelace1", "ada.lovelace@example.com", "lovelace2026"] {
            assert!(check(weak, &about).is_err(), "{weak}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_and_nothing_else_is_asked_for() {
        assert!(check("7charsx", &[]).is_err());
        assert!(check(&"äöü€ ".repeat(60), &[]).is_err());
        for good in ["correct horse battery staple", "vjsiodfpqx", "zwölf große Kühe tanzen", "日本語の合言葉は長い"]
        {
            assert!(check(good, &[]).is_ok(), "{good}");
        }
    }
}
