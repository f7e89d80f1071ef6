//! Whom something is about that fits no columns: every user whose id stands in it.

use serde_json::Value as Json;
use shared::auth::UserId;
use uuid::Uuid;

/// Characters of an id, with hyphens and without.
const LENGTHS: [usize; 2] = [36, 32];

/// The users whose ids stand in a JSON text, as it is written or as it reads, each once, and one who is known to be meant.
pub(super) fn users_in(json: &str, known: Option<UserId>) -> Vec<UserId> {
    let mut users: Vec<UserId> = known.into_iter().collect();
    add(json.as_bytes(), &mut users);
    if let Ok(value) = serde_json::from_str(json) {
        let mut text = String::new();
        read(&value, &mut text);
        add(text.as_bytes(), &mut users);
    }
    users.sort_unstable();
    users.dedup();
    users
}

/// All texts of a value, and the names of its fields.
fn read(value: &Json, text: &mut String) {
    match value {
        Json::String(string) => {
            text.push_str(string);
            text.push('\n');
        }
        Json::Array(all) => all.iter().for_each(|value| read(value, text)),
        Json::Object(fields) => fields.iter().for_each(|(name, value)| {
            text.push_str(name);
            text.push('\n');
            read(value, text);
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn add(text: &[u8], users: &mut Vec<UserId>) {
    for start in 0..text.len() {
        for length in LENGTHS {
            let Some(window) = text.get(start..start + length) else { continue };
            let is_one = if length == 36 { window[8] == b'-' } else { stands_alone(text, start, length) };
            users.extend(is_one.then(|| Uuid::try_parse_ascii(window).ok()).flatten().map(UserId));
        }
    }
}

/// Whether 32 digits are no part of a longer number, like a digest.
fn stands_alone(text: &[u8], start: usize, length: usize) -> bool {
    let is_digit = |place: Option<usize>| place.and_then(|place| text.get(place)).is_some_and(u8::is_ascii_hexdigit);
    text.get(start).is_some_and(u8::is_ascii_hexdigit)
        && !is_digit(start.checked_sub(1))
        && !is_digit(Some(start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let (one, other) = (UserId(Uuid::from_u128(1 << 100 | 5)), UserId(Uuid::from_u128(7 << 90)));
        for text in [
            format!("{one}"),
            format!("[{{\"who\":\"{one}\"}}]"),
            format!("user:{one}:{one}"),
            format!("ä{}ß", one.to_string().to_uppercase()),
            format!("-{one}-"),
            format!("[\"{}\"]", one.0.simple()),
            format!("aaaaaaaa-aaaa-aaaa-aaaa-aaaa{one}"),
            format!("{{\"a\":{{\"{one}\":1}}}}"),
            format!("[\"{}\"]", one.to_string().replace('-', "\\u002d")),
            format!("[\"\\u0030{}\"]", &one.to_string()[1..]),
        ] {
            assert!(users_in(&text, None).contains(&one), "{text}");
        }
        let mut both = vec![one, other];
        both.sort_unstable();
        assert_eq!(users_in(&format!("{other} {one}"), Some(one)), both);
        for text in [String::new(), "a".repeat(100), format!("{0}{0}", one.0.simple()), "g".repeat(36)] {
            assert!(users_in(&text, None).is_empty(), "{text}");
        }
    }
}
