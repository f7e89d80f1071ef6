//! Whom something is about that fits no columns: every user whose id stands in it.

use shared::auth::UserId;
use uuid::Uuid;

/// Characters of an id.
const LENGTH: usize = 36;

/// The users whose ids stand in a text, each once, and one who is known to be meant.
pub(super) fn users_in(text: &str, known: Option<UserId>) -> Vec<UserId> {
    let mut users: Vec<UserId> = known.into_iter().collect();
    let bytes = text.as_bytes();
    let mut start = 0;
    while let Some(window) = bytes.get(start..start + LENGTH) {
        let id = (window[8] == b'-' && window[13] == b'-').then(|| Uuid::try_parse_ascii(window).ok()).flatten();
        if let Some(id) = id {
            users.push(UserId(id));
        }
        start += if id.is_some() { LENGTH } else { 1 };
    }
    users.sort_unstable();
    users.dedup();
    users
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let (one, other) = (UserId(Uuid::from_u128(1 << 100)), UserId(Uuid::from_u128(7 << 90)));
        for text in [
            format!("{one}"),
            format!("[{{\"who\":\"{one}\"}}]"),
            format!("user:{one}:{one}"),
            format!("ä{}ß", one.to_string().to_uppercase()),
            format!("-{one}-"),
        ] {
            assert_eq!(users_in(&text, None), [one], "{text}");
        }
        let mut both = vec![one, other];
        both.sort_unstable();
        assert_eq!(users_in(&format!("{other}{one}"), Some(one)), both);
        assert!(users_in("", None).is_empty() && users_in("a".repeat(100).as_str(), None).is_empty());
    }
}
