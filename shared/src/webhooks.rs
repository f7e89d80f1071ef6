//! Standard Webhooks (standardwebhooks.com): requests that prove who sent them, in both directions.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};

use crate::error::Error;
use crate::ids;

/// How far the sender's clock may be from ours.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// The least a key may be, in bytes.
const SHORTEST_KEY: usize = 24;
/// The most a key may be, in bytes.
const LONGEST_KEY: usize = 64;
/// Signatures that are looked at: a sender that exchanges its key sends two.
const MOST_SIGNATURES: usize = 5;
/// The most an id may be, in bytes.
const LONGEST_ID: usize = 256;

/// A key that both sides have.
pub struct WebhookKey(Webhook);

impl std::fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookKey(..)")
    }
}

impl WebhookKey {
    /// Reads `whsec_<base64>` of 24 to 64 bytes; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        use base64::Engine;
        let encoded = text.strip_prefix("whsec_")?;
        let key = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
        let long = (SHORTEST_KEY..=LONGEST_KEY).contains(&key.len());
        long.then(|| Webhook::from_bytes(key).ok()).flatten().map(Self)
    }

    /// A new key as both sides are given it: `whsec_<base64>` of 32 bytes.
    pub fn generate() -> Result<String, Error> {
        use base64::Engine;
        Ok(format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(ids::random::<32>()?)))
    }

    /// The headers that prove to whoever has one of these keys that `body` is ours.
    pub fn sign_with(
        keys: &[Self],
        id: &str,
        now: Timestamp,
        body: &str,
    ) -> Result<Vec<(&'static str, String)>, Error> {
        let signed = keys.iter().map(|key| key.sign(id, now, body)).collect::<Result<Vec<_>, _>>()?;
        let signatures: Vec<&str> = signed.iter().map(|[_, _, (_, signature)]| signature.as_str()).collect();
        let signatures = signatures.join(" ");
        let first = signed.into_iter().next().ok_or_else(|| Error::internal("there is no key to sign with"))?;
        let [id, time, (name, _)] = first;
        Ok(vec![id, time, (name, signatures)])
    }

    /// The headers that prove that `body` is ours.
    pub fn sign(&self, id: &str, now: Timestamp, body: &str) -> Result<[(&'static str, String); 3], Error> {
        let signature = self.0.sign(id, now.as_second(), body.as_bytes()).map_err(Error::internal)?;
        Ok([
            (HEADER_WEBHOOK_ID, id.to_owned()),
            (HEADER_WEBHOOK_TIMESTAMP, now.as_second().to_string()),
            (HEADER_WEBHOOK_SIGNATURE, signature),
        ])
    }

    /// The message's id, if its headers prove that the other side has sent `body` now; compared in constant time.
    #[must_use]
    pub fn verify<'h>(&self, headers: &'h HeaderMap, body: &[u8], now: Timestamp) -> Option<&'h str> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let id = header(HEADER_WEBHOOK_ID).filter(|id| (1..=LONGEST_ID).contains(&id.len()))?;
        let second: i64 = header(HEADER_WEBHOOK_TIMESTAMP)?.parse().ok()?;
        let sent = Timestamp::from_second(second).ok()?;
        if now.duration_since(sent).abs() > TOLERANCE {
            return None;
        }
        let right = self.0.sign(id, second, body).ok()?;
        let is_right = |given: &&str| verify_slices_are_equal(given.as_bytes(), right.as_bytes()).is_ok();
        header(HEADER_WEBHOOK_SIGNATURE)?.split(' ').take(MOST_SIGNATURES).find(is_right).map(|_| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // The example of the specification's libraries.
        let at = Timestamp::from_second(1_614_265_330).unwrap();
        let key = WebhookKey::parse(KEY).unwrap();
        let signed = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signed[2].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_was_changed_or_is_old_is_refused() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let key = WebhookKey::parse(KEY).unwrap();
        let other = WebhookKey::parse("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let good = headers(&key.sign("a", now, "{}").unwrap());
        assert_eq!(key.verify(&good, b"{}", now), Some("a"));
        assert_eq!(key.verify(&good, b"{}", now + TOLERANCE), Some("a"));
        for late in [TOLERANCE + SignedDuration::from_secs(1), -TOLERANCE - SignedDuration::from_secs(1)] {
            assert_eq!(key.verify(&good, b"{}", now + late), None);
        }
        assert_eq!(key.verify(&good, b"{ }", now), None);
        assert_eq!(other.verify(&good, b"{}", now), None);
        let mut renamed = good.clone();
        renamed.insert(HEADER_WEBHOOK_ID, "b".parse().unwrap());
        assert_eq!(key.verify(&renamed, b"{}", now), None);
        // One of two signatures, while the sender exchanges its key.
        let mut two = good.clone();
        let first = other.sign("a", now, "{}").unwrap()[2].1.clone();
        let second = good[HEADER_WEBHOOK_SIGNATURE].to_str().unwrap().to_owned();
        two.insert(HEADER_WEBHOOK_SIGNATURE, format!("{first} {second}").parse().unwrap());
        assert_eq!(key.verify(&two, b"{}", now), Some("a"));
        let both = headers(&WebhookKey::sign_with(&[other, key], "a", now, "{}").unwrap());
        assert_eq!(both, two);
        assert!(WebhookKey::sign_with(&[], "a", now, "{}").is_err());
    }

    #[test]
    fn a_new_key_is_one() {
        let (one, other) = (WebhookKey::generate().unwrap(), WebhookKey::generate().unwrap());
        assert!(WebhookKey::parse(&one).is_some() && one != other);
    }

    #[test]
    fn short_keys_are_refused() {
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%"] {
            assert!(WebhookKey::parse(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_headers_are_refused(id in "[ -~]{0,40}", at in "[ -~]{0,20}", signature in "[ -~]{0,80}") {
            let key = WebhookKey::parse(KEY).unwrap();
            let given = headers(&[
                (HEADER_WEBHOOK_ID, id),
                (HEADER_WEBHOOK_TIMESTAMP, at),
                (HEADER_WEBHOOK_SIGNATURE, signature),
            ]);
            prop_assert_eq!(key.verify(&given, b"{}", Timestamp::UNIX_EPOCH), None);
        }
    }
}
