//! Frequency caps: taken before a message is sent, so that racing messages cannot share the last place.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `TENANT#<id>#USER#<id>` | `RECENT#<channel>` | what was sent lately, of those that caps count |

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::store::{Key, Table};
use shared::{Error, ids};
use uuid::Uuid;

use crate::deliveries::{Delivery, What};
use crate::preferences::{FrequencyCap, Period};

/// The longest period a cap looks back over: a day, with an hour for a change of daylight saving time.
const KEPT: SignedDuration = SignedDuration::from_hours(25);
/// Entries that are kept: the highest limit of a cap.
const MOST: usize = 1000;
/// The longest pause between two tries, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 100;
/// Tries against others who write to the same recipient.
const TRIES: u32 = 8;

/// What recipients were sent lately.
#[derive(Clone, Debug)]
pub(crate) struct Caps {
    table: Table,
}

/// What one recipient was sent lately on one channel.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Recent {
    version: u64,
    sent: Vec<Sent>,
    ttl: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {
    id: Uuid,
    at: Timestamp,
}

impl Caps {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    /// Takes a place for `delivery`; the cap that has none left, otherwise. A second try of the same delivery
    /// has its place already.
    pub(crate) async fn take(
        &self,
        tenant: TenantId,
        user: UserId,
        delivery: &Delivery,
        caps: &[FrequencyCap],
        zone: &str,
        now: Timestamp,
    ) -> Result<Option<What>, Error> {
        if caps.is_empty() || !delivery.category.is_capped() {
            return Ok(None);
        }
        let key = Key::new(format!("TENANT#{tenant}#USER#{user}"), format!("RECENT#{}", delivery.channel.name()));
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        for _ in 0..TRIES {
            let recent: Recent = self.table.get(&key).await?.unwrap_or_default();
            if recent.sent.iter().any(|sent| sent.id == delivery.id) {
                return Ok(None);
            }
            if let Some(cap) = caps.iter().find(|cap| recent.reaches(**cap, &zone, now)) {
                let per = match cap.per {
                    Period::Hour => "an hour",
                    Period::Day => "a day",
                };
                return Ok(Some(What::FrequencyCap { limit: cap.limit, per: per.to_owned() }));
            }
            let next = recent.with(delivery.id, now);
            let put = self.table.put(&key, &next).when("attribute_not_exists(pk) OR version = :read");
            if put.value(":read", recent.version).run().await? {
                return Ok(None);
            }
            tokio::time::sleep(Duration::from_millis(ids::jitter(LONGEST_PAUSE_MS))).await;
        }
        Err(Error::unavailable("too many messages to one recipient at once"))
    }
}

impl Recent {
    fn reaches(&self, cap: FrequencyCap, zone: &TimeZone, now: Timestamp) -> bool {
        let from = match cap.per {
            Period::Hour => now - SignedDuration::from_hours(1),
            Period::Day => match now.to_zoned(zone.clone()).start_of_day() {
                Ok(midnight) => midnight.timestamp() - SignedDuration::from_millis(1),
                Err(_) => now - SignedDuration::from_hours(24),
            },
        };
        let count = self.sent.iter().filter(|sent| sent.at > from).count();
        count >= usize::try_from(cap.limit).unwrap_or(usize::MAX)
    }

    fn with(&self, id: Uuid, now: Timestamp) -> Self {
        let lately = self.sent.iter().filter(|sent| sent.at + KEPT > now).cloned();
        let mut sent: Vec<Sent> = lately.chain([Sent { id, at: now }]).collect();
        // The highest cap is reached by the newest ones alone.
        sent.drain(..sent.len().saturating_sub(MOST));
        Self { version: self.version + 1, sent, ttl: (now + KEPT).as_second() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cap(per: &str, limit: u32) -> FrequencyCap {
        serde_json::from_value(serde_json::json!({"channel": "email", "per": per, "limit": limit})).unwrap()
    }

    #[test]
    fn an_hour_slides_and_a_day_is_the_recipients_own() {
        let vienna = TimeZone::get("Europe/Vienna").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let recent = Recent::default().with(Uuid::nil(), at("2026-01-15T22:30:00Z"));
        assert!(recent.reaches(cap("hour", 1), &vienna, at("2026-01-15T23:29:59Z")));
        assert!(!recent.reaches(cap("hour", 1), &vienna, at("2026-01-15T23:30:00Z")));
        assert!(!recent.reaches(cap("hour", 2), &vienna, at("2026-01-15T22:31:00Z")));
        // Midnight in Vienna is 23:00 UTC.
        assert!(recent.reaches(cap("day", 1), &vienna, at("2026-01-15T22:59:59Z")));
        assert!(!recent.reaches(cap("day", 1), &vienna, at("2026-01-15T23:00:00Z")));
        assert!(recent.reaches(cap("day", 1), &TimeZone::UTC, at("2026-01-15T23:30:00Z")));
        let later = recent.with(Uuid::max(), at("2026-01-17T00:00:00Z"));
        assert_eq!(later.sent.len(), 1);
    }
}
