//! Usernames: without case, normalised, and none that looks like another one or like the platform's own.

use unicode_normalization::UnicodeNormalization;
use unicode_security::{GeneralSecurityProfile, MixedScript, skeleton};

/// Names by which nobody but the platform may speak.
const RESERVED: [&str; 36] = [
    "abuse",
    "account",
    "admin",
    "administrator",
    "api",
    "auth",
    "billing",
    "bot",
    "contact",
    "everyone",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "legal",
    "mail",
    "me",
    "moderator",
    "noreply",
    "null",
    "official",
    "operator",
    "owner",
    "postmaster",
    "privacy",
    "root",
    "sales",
    "security",
    "staff",
    "status",
    "superuser",
    "support",
    "system",
    "team",
    "undefined",
    "webmaster",
];
/// No name may hold this.
const BRAND: &str = "eventzr";

/// A username, ready to compare (NFKC, lower case).
pub(super) fn fold(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    folded.trim().to_owned()
}

/// What a username looks like (UTS #39): names that look alike have the same.
pub(super) fn looks(text: &str) -> String {
    skeleton(&fold(text)).flat_map(char::to_lowercase).collect()
}

/// What is wrong with a new username.
pub(crate) fn problem(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let length = folded.chars().count();
    if !(3..=32).contains(&length) {
        return Some("must have 3 to 32 characters");
    }
    let plain = |c: char| c.is_alphanumeric();
    if !folded.chars().all(|c| plain(c) || matches!(c, '.' | '_' | '-'))
        || !folded.starts_with(plain)
        || !folded.ends_with(plain)
    {
        return Some("must be letters, digits, and . _ - between them");
    }
    if !folded.chars().all(GeneralSecurityProfile::identifier_allowed) || !folded.is_single_script() {
        return Some("must be written in one script");
    }
    let bare: String = looks(text).chars().filter(|c| !matches!(c, '.' | '_' | '-')).collect();
    if bare.contains(&looks(BRAND)) || RESERVED.iter().any(|reserved| looks(reserved) == bare) {
        return Some("is reserved");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_names_in_any_script_are_good() {
        for name in ["ada", "Ada.Lovelace", "müller", "ada_99", "анна", "太郎さん", "o-neill"] {
            assert_eq!(problem(name), None, "{name}");
        }
    }

    #[test]
    fn reserved_names_and_what_looks_like_them_are_refused() {
        // Cyrillic, full width, digits for letters, separators.
        for name in
            ["admin", "ADMIN", "аdmin", "ａｄｍｉｎ", "r00t", "ad.min", "support", "my-eventzr", "EventΖr", "sys_tem"]
        {
            assert!(problem(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in
            ["", "ab", "a b c", "ada@example", "ada\u{200b}x", "-ada", "ada.", "pаypal", "😀😀😀", &"a".repeat(33)]
        {
            assert!(problem(name).is_some(), "{name}");
        }
    }

    #[test]
    fn look_alikes_are_the_same_claim() {
        assert_eq!(looks("Ada"), looks("ada"));
        assert_eq!(looks("paypal"), looks("pаypаl"));
        assert_eq!(looks("ada1"), looks("adal"));
        assert_ne!(looks("ada"), looks("eve"));
    }

    proptest! {
        #[test]
        fn folding_is_done_once(text in ".{0,40}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
