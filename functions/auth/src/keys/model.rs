//! A signing key and when it signs.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use shared::auth::PublicKey;
use shared::{Error, seal};

/// How long a key is public before it signs: API Gateway caches key sets for hours.
pub(crate) const PUBLISHED_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// A key pair that is not stored yet.
pub(crate) struct NewKey {
    pub(crate) public: PublicKey,
    /// PKCS #8.
    pub(crate) private: Vec<u8>,
}

impl NewKey {
    /// Makes a 2048-bit RSA key. Takes some hundred milliseconds of a core.
    pub(crate) fn generate(generation: u32, signs_from: Timestamp) -> Result<Self, Error> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(Error::internal)?;
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let (n, e) = (URL_SAFE_NO_PAD.encode(parts.n), URL_SAFE_NO_PAD.encode(parts.e));
        let private = pair.as_der().map_err(Error::internal)?.as_ref().to_vec();
        Ok(Self { public: PublicKey { kid: thumbprint(&n, &e), generation, n, e, signs_from }, private })
    }
}

/// RFC 7638.
fn thumbprint(n: &str, e: &str) -> String {
    seal::digest(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#).as_bytes())
}

/// The key that signs now: the newest one whose time has come.
pub(crate) fn signing(keys: &[PublicKey], now: Timestamp) -> Option<&PublicKey> {
    keys.iter().filter(|key| key.signs_from <= now).max_by_key(|key| key.generation)
}

/// When the key after the newest one begins to sign, if it is time to publish it.
pub(crate) fn next_begins(keys: &[PublicKey], rotation: SignedDuration, now: Timestamp) -> Option<Timestamp> {
    let newest = keys.iter().max_by_key(|key| key.generation)?;
    (newest.signs_from + rotation - PUBLISHED_AHEAD <= now)
        .then(|| (newest.signs_from + rotation).max(now + PUBLISHED_AHEAD))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * HOUR).unwrap()
    }

    fn key(generation: u32, hour: i64) -> PublicKey {
        PublicKey { kid: String::new(), generation, n: String::new(), e: String::new(), signs_from: at(hour) }
    }

    #[test]
    fn the_next_key_is_public_for_a_day_before_it_signs() {
        let rotation = SignedDuration::from_hours(100);
        let keys = [key(1, 0)];
        assert_eq!(next_begins(&keys, rotation, at(75)), None);
        assert_eq!(next_begins(&keys, rotation, at(76)), Some(at(100)));
        // The timer was late: the key still waits its day.
        assert_eq!(next_begins(&keys, rotation, at(90)), Some(at(114)));
        assert_eq!(next_begins(&[key(1, 0), key(2, 100)], rotation, at(99)), None);
    }

    #[test]
    fn the_newest_key_signs_once_its_time_has_come() {
        let keys = [key(1, 0), key(2, 100)];
        assert_eq!(signing(&keys, at(99)).unwrap().generation, 1);
        assert_eq!(signing(&keys, at(100)).unwrap().generation, 2);
    }

    #[test]
    fn a_thumbprint_is_that_of_the_standard() {
        // The example of RFC 7638, section 3.1.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assert_eq!(thumbprint(n, "AQAB"), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }
}
