//! Rules of fields that more than one service has, for garde's `custom`.

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

/// A rule's answer.
pub fn refuse_unless(good: bool, message: &str) -> garde::Result {
    if good { Ok(()) } else { Err(garde::Error::new(message)) }
}
