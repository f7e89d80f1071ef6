//! Rules of fields that more than one service has, for garde's `custom`.

/// Characters of a file's name.
const LONGEST_FILE_NAME: usize = 150;

/// BCP 47, by its form.
pub fn language_tag<C>(text: &str, _: &C) -> garde::Result {
    let mut parts = text.split('-');
    let first =
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    refuse_unless(first && rest, "must be a language tag like de-AT")
}

/// A name of the IANA time zone database.
pub fn zone_name<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(jiff::tz::TimeZone::get(text).is_ok(), "must be an IANA time zone like Europe/Vienna")
}

/// An e-mail address.
pub fn email_address<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(text.len() <= 254 && garde::rules::email::parse_email(text).is_ok(), "must be an e-mail address")
}

/// A phone number in E.164 form.
pub fn phone_number<C>(text: &str, _: &C) -> garde::Result {
    let digits = text.strip_prefix('+').unwrap_or_default().as_bytes();
    let good = (7..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) && digits[0] != b'0';
    refuse_unless(good, "must be a number in E.164 form like +436641234567")
}

/// A file's name, which others see.
pub fn file_name<C>(text: &str, _: &C) -> garde::Result {
    let good = !text.trim().is_empty()
        && text.chars().count() <= LONGEST_FILE_NAME
        && !text.chars().any(|letter| letter.is_control() || matches!(letter, '/' | '\\' | '"') || is_unseen(letter));
    refuse_unless(good, "must be a file's name of 1 to 150 characters, without slashes and quotes")
}

/// Format characters (Unicode's Cf) that hide, or turn the direction of writing: a name could look like another one.
#[must_use]
pub fn is_unseen(letter: char) -> bool {
    let hidden = ['\u{ad}', '\u{61c}', '\u{180e}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{feff}'];
    let ranges = ['\u{202a}'..='\u{202e}', '\u{2060}'..='\u{206f}', '\u{fff9}'..='\u{fffb}', '\u{e0000}'..='\u{e007f}'];
    hidden.contains(&letter) || ranges.iter().any(|range| range.contains(&letter))
}

/// A rule's answer.
pub fn refuse_unless(good: bool, message: &str) -> garde::Result {
    if good { Ok(()) } else { Err(garde::Error::new(message)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_e164() {
        for good in ["+436641234567", "+1234567", "+123456789012345"] {
            assert!(phone_number(good, &()).is_ok(), "{good}");
        }
        for wrong in ["", "+", "06641234567", "+043664123456", "+43 664 1234567", "+1234567890123456", "+123456"] {
            assert!(phone_number(wrong, &()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_are_addresses() {
        for (text, good) in [("a@example.com", true), ("a@b", true), ("a", false), ("a@", false), ("a@b\r\nc", false)] {
            assert_eq!(email_address(text, &()).is_ok(), good, "{text}");
        }
    }
}
