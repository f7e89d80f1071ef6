//! Secrets at rest: AES-256-GCM and HMAC under a service's own data keys (`DATA_KEYS`).
//!
//! Each purpose has its own key, derived by HKDF-SHA256 (RFC 5869), so what is sealed for one
//! purpose opens for no other. Old versions keep opening while the active one seals.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{constant_time, hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::config::{ConfigError, Env};
use crate::error::Error;

const VARIABLE: &str = "DATA_KEYS";
/// The least a data key may be, in characters: 256 bits of hexadecimal digits.
const LEAST_KEY_CHARACTERS: usize = 32;

/// What something is sealed or signed for; part of the key's derivation.
pub type Purpose = &'static str;

/// Seals and signs under the service's data keys. Clones share them.
#[derive(Clone)]
pub struct Sealer(Arc<Keys>);

struct Keys {
    active: String,
    secrets: BTreeMap<String, hkdf::Prk>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("active", &self.0.active).finish_non_exhaustive()
    }
}

impl Sealer {
    /// Reads `DATA_KEYS`: `{"active": "2", "1": "…", "2": "…"}`.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let wrong = |problem: &str| ConfigError::new(VARIABLE, problem);
        let mut keys: BTreeMap<String, String> =
            serde_json::from_str(env.require(VARIABLE)?).map_err(|_| wrong("is not a JSON object of strings"))?;
        let active = keys.remove("active").ok_or_else(|| wrong("names no active key"))?;
        if !keys.contains_key(&active) {
            return Err(wrong("lacks its active key"));
        }
        if keys.iter().any(|(version, key)| key.len() < LEAST_KEY_CHARACTERS || version.contains('.')) {
            return Err(wrong("holds a key that is too short, or a version with a dot"));
        }
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"eventzr data key");
        let secrets = keys.into_iter().map(|(version, key)| (version, salt.extract(key.as_bytes()))).collect();
        Ok(Self(Arc::new(Keys { active, secrets })))
    }

    /// Seals `plain` for `purpose`, bound to `context` (which is not kept in the result).
    pub fn seal(&self, purpose: Purpose, context: &[u8], plain: &[u8]) -> Result<String, Error> {
        let version = &self.0.active;
        let mut bytes = plain.to_vec();
        let nonce = self
            .cipher(version, purpose)?
            .seal_in_place_append_tag(Aad::from(context), &mut bytes)
            .map_err(Error::internal)?;
        let mut whole = nonce.as_ref().to_vec();
        whole.append(&mut bytes);
        Ok(format!("{version}.{}", URL_SAFE_NO_PAD.encode(whole)))
    }

    /// Opens what [`Sealer::seal`] made for the same purpose and context; `None` for anything else.
    #[must_use]
    pub fn open(&self, purpose: Purpose, context: &[u8], sealed: &str) -> Option<Vec<u8>> {
        let (version, text) = sealed.split_once('.')?;
        let whole = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, bytes) = whole.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = bytes.to_vec();
        let plain = self.cipher(version, purpose).ok()?.open_in_place(nonce, Aad::from(context), &mut bytes).ok()?;
        Some(plain.to_vec())
    }

    /// HMAC-SHA256 of `data` for `purpose`, under the active key.
    pub fn mac(&self, purpose: Purpose, data: &[u8]) -> Result<[u8; 32], Error> {
        self.mac_with(&self.0.active, purpose, data)
    }

    /// Whether `tag` is the HMAC of `data` under any of our keys, compared in constant time.
    #[must_use]
    pub fn verify_mac(&self, purpose: Purpose, data: &[u8], tag: &[u8]) -> bool {
        self.0.secrets.keys().any(|version| {
            self.mac_with(version, purpose, data)
                .is_ok_and(|right| constant_time::verify_slices_are_equal(&right, tag).is_ok())
        })
    }

    fn mac_with(&self, version: &str, purpose: Purpose, data: &[u8]) -> Result<[u8; 32], Error> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive(version, purpose)?);
        let mut tag = [0; 32];
        tag.copy_from_slice(hmac::sign(&key, data).as_ref());
        Ok(tag)
    }

    fn cipher(&self, version: &str, purpose: Purpose) -> Result<RandomizedNonceKey, Error> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.derive(version, purpose)?).map_err(Error::internal)
    }

    fn derive(&self, version: &str, purpose: Purpose) -> Result<[u8; 32], Error> {
        let secret = self.0.secrets.get(version).ok_or_else(|| Error::internal("unknown data key version"))?;
        let mut key = [0; 32];
        secret
            .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut key))
            .map_err(Error::internal)?;
        Ok(key)
    }
}

/// SHA-256 of `data`, base64url: how opaque tokens are stored.
#[must_use]
pub fn digest(data: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, data))
}

/// A UUID (v8, RFC 9562) made of a name: the same for the same kind and name. It hides the name from the eye, not from
/// whoever can guess it.
#[must_use]
pub fn name_id(kind: &str, name: &[u8]) -> uuid::Uuid {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &[kind.as_bytes(), b"\0", name].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealer(json: &str) -> Result<Sealer, ConfigError> {
        Sealer::from_env(&[("DATA_KEYS".to_owned(), json.to_owned())].into_iter().collect())
    }

    fn old() -> Sealer {
        sealer(r#"{"active":"1","1":"0123456789abcdef0123456789abcdef"}"#).unwrap()
    }

    fn rotated() -> Sealer {
        sealer(r#"{"active":"2","1":"0123456789abcdef0123456789abcdef","2":"fedcba9876543210fedcba9876543210"}"#)
            .unwrap()
    }

    #[test]
    fn a_rotated_key_still_opens_what_the_old_one_sealed() {
        let sealed = old().seal("totp", b"user-1", b"secret").unwrap();
        assert_eq!(rotated().open("totp", b"user-1", &sealed).unwrap(), b"secret");
        assert!(rotated().verify_mac("refresh", b"data", &old().mac("refresh", b"data").unwrap()));
        let newer = rotated().seal("totp", b"user-1", b"secret").unwrap();
        assert_eq!(old().open("totp", b"user-1", &newer), None);
    }

    #[test]
    fn another_purpose_or_context_does_not_open() {
        let sealed = old().seal("totp", b"user-1", b"secret").unwrap();
        assert_eq!(old().open("cursor", b"user-1", &sealed), None);
        assert_eq!(old().open("totp", b"user-2", &sealed), None);
        assert!(!old().verify_mac("a", b"data", &old().mac("b", b"data").unwrap()));
    }

    #[test]
    fn bad_keys_are_refused_by_name() {
        for json in [
            "",
            "[]",
            r#"{"1":"0123456789abcdef0123456789abcdef"}"#,
            r#"{"active":"1"}"#,
            r#"{"active":"1","1":"short"}"#,
        ] {
            assert_eq!(sealer(json).unwrap_err().variable, "DATA_KEYS", "{json}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_opens(text in ".{0,200}") {
            prop_assert_eq!(old().open("cursor", b"", &text), None);
        }
    }
}
