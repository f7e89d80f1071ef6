//! What an ID token must say (OpenID Connect Core 1.0, section 3.1.3.7), and who it is about.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::ProviderFault;
use super::model::{Names, Person};

/// How far the provider's clock and ours may be apart.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// The most a subject may be, in bytes (OpenID Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// The claims of an ID token whose signature is right.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    email_verified: bool,
    /// Microsoft: whether the address's domain belongs to the tenant.
    #[serde(default, deserialize_with = "truth")]
    xms_edov: bool,
    /// Microsoft: the tenant.
    pub(super) tid: Option<uuid::Uuid>,
    /// Microsoft: the person in the tenant, the same for all applications.
    oid: Option<String>,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What a token must be for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

impl Claims {
    /// Refuses a token of somebody else, for somebody else, of another sign-in, or of another time.
    pub(super) fn check(&self, expected: Expected<'_>) -> Result<(), ProviderFault> {
        let Expected { issuer, client_id, nonce, now } = expected;
        let (for_us, alone) = match &self.aud {
            Audience::One(one) => (one == client_id, true),
            Audience::Several(several) => (several.iter().any(|one| one == client_id), several.len() == 1),
        };
        let party = match &self.azp {
            Some(azp) => azp == client_id,
            None => alone,
        };
        let (seconds, leeway) = (now.as_second(), LEEWAY.as_secs());
        let rules = [
            (self.iss == issuer, "its issuer"),
            (for_us, "its audience"),
            (party, "its authorized party"),
            (self.nonce.as_deref() == Some(nonce), "its nonce"),
            (self.exp.saturating_add(leeway) > seconds, "it has expired"),
            (self.iat <= seconds + leeway, "it is of the future"),
            ((1..=LONGEST_SUBJECT).contains(&self.sub.len()), "its subject"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            None => Ok(()),
            Some((_, problem)) => Err(ProviderFault::IdToken(problem)),
        }
    }

    /// Whom it is about, by the subject that is his for good.
    pub(super) fn person(self) -> Person {
        let names = self.names();
        let email = self.email.filter(|_| self.email_verified);
        Person::new(self.iss, self.sub, email, names)
    }

    /// The same of Microsoft: its subjects differ with the application, and an address is only what somebody's
    /// administrator has typed unless its domain was verified.
    pub(super) fn microsoft_person(self) -> Result<Person, ProviderFault> {
        let names = self.names();
        let subject = self.oid.filter(|oid| (1..=LONGEST_SUBJECT).contains(&oid.len()));
        let subject = subject.ok_or(ProviderFault::IdToken("its oid"))?;
        Ok(Person::new(self.iss, subject, self.email.filter(|_| self.xms_edov), names))
    }

    fn names(&self) -> Names {
        Names::new(self.given_name.as_deref(), self.family_name.as_deref(), self.name.as_deref())
    }
}

/// A yes: Apple and Microsoft also write it as text or number. Anything else is a no.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(value) => value,
        Value::String(text) => text == "true" || text == "1",
        Value::Number(number) => number.as_u64() == Some(1),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn problem(changes: &Value) -> Option<&'static str> {
        let mut claims = json!({
            "iss": "https://issuer.example", "sub": "1", "aud": "client", "nonce": "n", "exp": NOW + 300, "iat": NOW,
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let claims: Claims = serde_json::from_value(claims).unwrap();
        let now = Timestamp::from_second(NOW).unwrap();
        let expected = Expected { issuer: "https://issuer.example", client_id: "client", nonce: "n", now };
        match claims.check(expected) {
            Ok(()) => None,
            Err(ProviderFault::IdToken(problem)) => Some(problem),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn only_a_token_for_us_and_now_is_good() {
        assert_eq!(problem(&json!({})), None);
        assert_eq!(problem(&json!({"iss": "https://issuer.example/"})), Some("its issuer"));
        assert_eq!(problem(&json!({"aud": "other"})), Some("its audience"));
        assert_eq!(problem(&json!({"aud": ["client"]})), None);
        assert_eq!(problem(&json!({"aud": ["client", "other"]})), Some("its authorized party"));
        assert_eq!(problem(&json!({"aud": ["client", "other"], "azp": "client"})), None);
        assert_eq!(problem(&json!({"aud": "client", "azp": "other"})), Some("its authorized party"));
        assert_eq!(problem(&json!({"nonce": "m"})), Some("its nonce"));
        assert_eq!(problem(&json!({"nonce": null})), Some("its nonce"));
        assert_eq!(problem(&json!({"exp": NOW - 59})), None);
        assert_eq!(problem(&json!({"exp": NOW - 60})), Some("it has expired"));
        assert_eq!(problem(&json!({"iat": NOW + 60})), None);
        assert_eq!(problem(&json!({"iat": NOW + 61})), Some("it is of the future"));
        assert_eq!(problem(&json!({"sub": ""})), Some("its subject"));
    }

    #[test]
    fn an_address_counts_only_with_a_plain_yes() {
        let verified = |said: Value| {
            let claims = json!({
                "iss": "i", "sub": "1", "aud": "c", "exp": NOW, "iat": NOW, "email": "a@example.com", "email_verified": said,
            });
            serde_json::from_value::<Claims>(claims).unwrap().person().verified_email.is_some()
        };
        for (said, yes) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(1), true),
            (json!(false), false),
            (json!("false"), false),
            (json!("yes"), false),
            (json!(null), false),
            (json!([true]), false),
        ] {
            assert_eq!(verified(said.clone()), yes, "{said}");
        }
    }
}
