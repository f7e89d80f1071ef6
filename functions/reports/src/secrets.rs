//! Secrets of webhooks, in both directions: shown once, sealed at rest, exchanged with an overlap.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::seal::{Purpose, Sealer};
use shared::webhooks::WebhookKey;
use uuid::Uuid;

/// How long the secret of before counts after an exchange.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// Secrets that count at a time: somebody may exchange one again at once.
const MOST: usize = 3;

/// What secrets are sealed for, so that none of one kind opens as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ours, of a webhook that is sent to.
    Outgoing,
    /// Somebody else's, of a source of rows.
    Incoming,
}

/// The secrets of one webhook, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secrets(Vec<Secret>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Secret {
    sealed: String,
    /// Until when it counts; the newest does until it is exchanged.
    until: Option<Timestamp>,
}

impl Kind {
    fn purpose(self) -> Purpose {
        match self {
            Self::Outgoing => "webhook",
            Self::Incoming => "source",
        }
    }
}

impl Secrets {
    /// A first secret, and the text of it that is shown.
    pub(crate) fn new(sealer: &Sealer, kind: Kind, id: Uuid) -> Result<(Self, String), Error> {
        let text = WebhookKey::generate()?;
        let first = Secret { sealed: sealer.seal(kind.purpose(), id.as_bytes(), text.as_bytes())?, until: None };
        Ok((Self(vec![first]), text))
    }

    /// The same with a new one; the one of before counts for a day.
    pub(crate) fn rotated(
        &self,
        sealer: &Sealer,
        kind: Kind,
        id: Uuid,
        now: Timestamp,
    ) -> Result<(Self, String), Error> {
        let (Self(mut all), text) = Self::new(sealer, kind, id)?;
        let until = now + OVERLAP;
        let before = self.0.iter().filter(|secret| secret.until.is_none_or(|until| until > now));
        all.extend(before.map(|secret| Secret { until: Some(secret.until.unwrap_or(until)), ..secret.clone() }));
        all.truncate(MOST);
        Ok((Self(all), text))
    }

    /// Those that count now, the newest first.
    pub(crate) fn open(&self, sealer: &Sealer, kind: Kind, id: Uuid, now: Timestamp) -> Result<Vec<WebhookKey>, Error> {
        let valid = self.0.iter().filter(|secret| secret.until.is_none_or(|until| until > now));
        let key = |secret: &Secret| {
            let plain = sealer.open(kind.purpose(), id.as_bytes(), &secret.sealed)?;
            WebhookKey::parse(str::from_utf8(&plain).ok()?)
        };
        valid.map(|secret| key(secret).ok_or_else(|| Error::internal("a webhook's secret cannot be opened"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::config::Env;

    fn sealer() -> Sealer {
        let keys = ("DATA_KEYS".to_owned(), r#"{"active":"1","1":"0123456789abcdef0123456789abcdef"}"#.to_owned());
        Sealer::from_env(&Env::from_iter([keys])).unwrap()
    }

    #[test]
    fn a_secret_counts_for_a_day_after_its_exchange() {
        let (sealer, id, now) = (sealer(), Uuid::nil(), Timestamp::UNIX_EPOCH);
        let (first, one) = Secrets::new(&sealer, Kind::Outgoing, id).unwrap();
        let (second, two) = first.rotated(&sealer, Kind::Outgoing, id, now).unwrap();
        let counts = |secrets: &Secrets, at| {
            let keys = secrets.open(&sealer, Kind::Outgoing, id, at).unwrap();
            let body = "{}";
            [&one, &two].map(|text| {
                let signed = WebhookKey::parse(text).unwrap().sign("a", at, body).unwrap();
                let headers = signed.into_iter().map(|(name, value)| {
                    (http::HeaderName::from_static(name), http::HeaderValue::try_from(value).unwrap())
                });
                let headers = headers.collect();
                keys.iter().any(|key| key.verify(&headers, body.as_bytes(), at).is_some())
            })
        };
        assert_eq!(counts(&first, now), [true, false]);
        assert_eq!(counts(&second, now + OVERLAP - SignedDuration::from_secs(1)), [true, true]);
        assert_eq!(counts(&second, now + OVERLAP), [false, true]);
        // The first one's time is not prolonged, and there are never more than three.
        let mut many = second;
        for hours in 1..10 {
            many = many.rotated(&sealer, Kind::Outgoing, id, now + SignedDuration::from_hours(hours)).unwrap().0;
        }
        assert_eq!(many.0.len(), MOST);
        assert!(!serde_json::to_string(&many).unwrap().contains("whsec_"));
    }

    #[test]
    fn a_secret_opens_for_its_webhook_and_kind_alone() {
        let (sealer, now) = (sealer(), Timestamp::UNIX_EPOCH);
        let (secrets, _) = Secrets::new(&sealer, Kind::Outgoing, Uuid::nil()).unwrap();
        assert!(secrets.open(&sealer, Kind::Incoming, Uuid::nil(), now).is_err());
        assert!(secrets.open(&sealer, Kind::Outgoing, Uuid::max(), now).is_err());
    }
}
