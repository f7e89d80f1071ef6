//! The key of the platform's own calls, for routes that timers and operators use.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::HeaderMap;

use crate::config::{ConfigError, Env};
use crate::error::Error;

const VARIABLE: &str = "INTERNAL_API_KEYS";
/// The header that holds the key.
pub(crate) const HEADER: &str = "x-internal-api-key";
/// The least a key may be, in bytes.
const SHORTEST: usize = 32;
/// The old one and the new one, while they are exchanged.
const MOST: usize = 2;

/// The valid keys. With none configured, nobody is let in.
#[derive(Clone, Default)]
pub struct InternalKeys(Vec<String>);

impl std::fmt::Debug for InternalKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InternalKeys").field("keys", &self.0.len()).finish()
    }
}

impl InternalKeys {
    /// Reads `INTERNAL_API_KEYS`: one key, or two with a comma between them.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text = env.get(VARIABLE).unwrap_or_default();
        let keys: Vec<String> =
            text.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect();
        if keys.len() > MOST || keys.iter().any(|key| key.len() < SHORTEST) {
            return Err(ConfigError::new(VARIABLE, "must be one or two keys of at least 32 bytes"));
        }
        Ok(Self(keys))
    }

    /// Refuses whoever does not have one of the keys; compared in constant time.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Error> {
        let mut given = headers.get_all(HEADER).iter();
        let (Some(given), None) = (given.next(), given.next()) else {
            return Err(Error::Unauthorized);
        };
        let is_given = |key: &String| verify_slices_are_equal(key.as_bytes(), given.as_bytes()).is_ok();
        // Each of them is looked at, so that the time tells nothing.
        let found = self.0.iter().filter(|key| is_given(key)).count();
        if found > 0 { Ok(()) } else { Err(Error::Unauthorized) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Result<InternalKeys, ConfigError> {
        InternalKeys::from_env(&[(VARIABLE.to_owned(), text.to_owned())].into_iter().collect())
    }

    fn lets_in(keys: &InternalKeys, given: &str) -> bool {
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static(HEADER), given.parse().unwrap())]);
        keys.check(&headers).is_ok()
    }

    #[test]
    fn two_keys_are_valid_while_they_are_exchanged_and_none_lets_nobody_in() {
        let (old, new) = ("o".repeat(32), "n".repeat(32));
        let both = keys(&format!("{new}, {old}")).unwrap();
        assert!(lets_in(&both, &old) && lets_in(&both, &new) && !lets_in(&both, &"x".repeat(32)));
        assert!(!lets_in(&both, &format!("{new}, {old}")));
        let none = keys("").unwrap();
        assert!(!lets_in(&none, "") && none.check(&HeaderMap::new()).is_err());
        for wrong in ["short", &[&old[..], &new, &old].join(",")] {
            assert_eq!(keys(wrong).unwrap_err().variable, VARIABLE);
        }
    }
}
