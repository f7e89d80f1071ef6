//! Refresh tokens: opaque to clients, derived from their session and generation.
//!
//! `ezr_refresh_` and base64url of user, session, generation and their HMAC. Only its digest is
//! stored; a token that we did not make is refused without asking the store.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared::Error;
use shared::auth::UserId;
use shared::seal::{Purpose, Sealer};
use uuid::Uuid;

const PURPOSE: Purpose = "refresh token";
const PREFIX: &str = "ezr_refresh_";
const NAME_BYTES: usize = 16 + 16 + 4;

/// Which token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TokenName {
    pub(super) user: UserId,
    pub(super) session: Uuid,
    pub(super) generation: u32,
}

impl TokenName {
    /// The token of this name; always the same one while the data key stays.
    pub(super) fn derive(&self, sealer: &Sealer) -> Result<String, Error> {
        let name = self.bytes();
        let tag = sealer.mac(PURPOSE, &name)?;
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([name.as_slice(), &tag].concat())))
    }

    /// The name of a token that we made.
    pub(super) fn verify(sealer: &Sealer, token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
        let (name, tag) = bytes.split_at_checked(NAME_BYTES)?;
        if !sealer.verify_mac(PURPOSE, name, tag) {
            return None;
        }
        Some(Self {
            user: UserId(Uuid::from_slice(name.get(..16)?).ok()?),
            session: Uuid::from_slice(name.get(16..32)?).ok()?,
            generation: u32::from_be_bytes(name.get(32..36)?.try_into().ok()?),
        })
    }

    fn bytes(&self) -> Vec<u8> {
        [self.user.0.as_bytes().as_slice(), self.session.as_bytes(), &self.generation.to_be_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealer() -> Sealer {
        let keys = r#"{"active":"1","1":"0123456789abcdef0123456789abcdef"}"#;
        Sealer::from_env(&[("DATA_KEYS".to_owned(), keys.to_owned())].into_iter().collect()).unwrap()
    }

    proptest! {
        #[test]
        fn a_token_tells_its_name_and_nothing_else_does(user: u128, session: u128, generation: u32, at in 0_usize..100) {
            let name = TokenName { user: UserId(Uuid::from_u128(user)), session: Uuid::from_u128(session), generation };
            let token = name.derive(&sealer()).unwrap();
            prop_assert_eq!(TokenName::verify(&sealer(), &token), Some(name));
            let mut changed = token.into_bytes();
            let at = at % changed.len();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_ne!(TokenName::verify(&sealer(), &changed), Some(name));
        }

        #[test]
        fn arbitrary_text_is_no_token(text in ".{0,200}") {
            prop_assert_eq!(TokenName::verify(&sealer(), &text), None);
        }
    }
}
