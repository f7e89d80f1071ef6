//! Counting attempts: at most so many in a window, exact also when many come at once.
//!
//! Each attempt is appended to a list by one update that answers with the whole list. Whether an
//! attempt is let through follows from the list alone, so two that run at once cannot both be the
//! last one allowed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::clock::Clock;
use shared::seal::{Purpose, Sealer};
use shared::store::{Action, Key, Table};
use shared::{Error, seal};

const PURPOSE: Purpose = "attempts";
/// The window of every limit.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Entries beyond the limit that are still appended before the list is cut back.
const SLACK: usize = 30;

/// What is limited, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Attempts in a [`WINDOW`].
    pub most: usize,
    /// Kind of the counter, part of its key.
    pub kind: &'static str,
}

/// Failures of one identifier from one address.
pub const SIGN_IN: Limit = Limit { most: 10, kind: "SIGNIN" };
/// Failures from one address, whatever the identifier.
pub const ADDRESS: Limit = Limit { most: 100, kind: "ADDRESS" };
/// Wrong second factors of one account.
pub const SECOND_FACTOR: Limit = Limit { most: 10, kind: "FACTOR" };

/// The counters, in auth's table.
#[derive(Clone, Debug)]
pub struct Attempts {
    table: Table,
    sealer: Sealer,
    clock: Clock,
}

/// Whether an attempt is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Allowed,
    /// It is not, until this has passed.
    Locked(SignedDuration),
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Row {
    /// When, in milliseconds since 1970, in the order of arrival.
    hits: Vec<i64>,
}

impl Attempts {
    /// Counters in `table`.
    #[must_use]
    pub fn new(table: Table, sealer: Sealer, clock: Clock) -> Self {
        Self { table, sealer, clock }
    }

    /// Counts an attempt of `who` before it is made, so that guesses made at once are all seen.
    pub async fn reserve(&self, limit: Limit, who: &str) -> Result<Verdict, Error> {
        let key = self.key(limit, who)?;
        // The second round is for a list that was full of old entries.
        for _ in 0..2 {
            let now = self.clock.now();
            if let Some(row) = self.append(limit, &key, now).await? {
                return Ok(judge(&row.hits, limit.most));
            }
            let full: Row = self.table.get(&key).await?.unwrap_or_default();
            let live: Vec<i64> = full.hits.iter().copied().filter(|hit| is_live(*hit, now.as_millisecond())).collect();
            if live.len() >= limit.most + SLACK {
                return Ok(judge(&[live.as_slice(), &[now.as_millisecond()]].concat(), limit.most));
            }
            let cut = self.table.update(&key, "SET hits = :live").when("hits = :full");
            // Somebody else may have cut it meanwhile.
            let _ = cut.value(":live", &live).value(":full", &full.hits).run().await?;
        }
        Err(Error::unavailable("the attempts of one identifier change too fast"))
    }

    /// Whether another attempt would be let through; counts nothing.
    pub async fn peek(&self, limit: Limit, who: &str) -> Result<Verdict, Error> {
        let row: Option<Row> = self.table.get(&self.key(limit, who)?).await?;
        let hits = row.unwrap_or_default().hits;
        Ok(judge(&[hits.as_slice(), &[self.clock.now().as_millisecond()]].concat(), limit.most))
    }

    /// The write that forgets the attempts of `who`, for the transaction of a success.
    pub fn forget(&self, limit: Limit, who: &str) -> Result<Action, Error> {
        Ok(self.table.delete(&self.key(limit, who)?))
    }

    async fn append(&self, limit: Limit, key: &Key, now: Timestamp) -> Result<Option<Row>, Error> {
        let hit = [now.as_millisecond()];
        self.table
            .update(key, "SET hits = list_append(if_not_exists(hits, :none), :hit), #ttl = :ttl")
            .when("attribute_not_exists(hits) OR size(hits) < :cap")
            .name("#ttl", "ttl")
            .value(":none", Vec::<i64>::new())
            .value(":hit", hit)
            .value(":cap", limit.most + SLACK)
            .value(":ttl", (now + WINDOW).as_second())
            .run_and_read()
            .await
    }

    /// Keys are HMACs: what somebody typed into a sign-in form may be anything.
    fn key(&self, limit: Limit, who: &str) -> Result<Key, Error> {
        let tag = self.sealer.mac(PURPOSE, who.as_bytes())?;
        Ok(Key::new(format!("ATTEMPTS#{}#{}", limit.kind, seal::digest(&tag)), "ATTEMPTS"))
    }
}

/// Whether the last of `hits` is let through. An attempt counts if fewer than `most` that count
/// lie in the window before it; one that was refused does not make the lock longer.
fn judge(hits: &[i64], most: usize) -> Verdict {
    let mut counted: Vec<i64> = Vec::with_capacity(most);
    let mut verdict = Verdict::Allowed;
    for hit in hits {
        counted.retain(|earlier| is_live(*earlier, *hit));
        verdict = if counted.len() < most {
            counted.push(*hit);
            Verdict::Allowed
        } else {
            let oldest = counted.iter().min().copied().unwrap_or(*hit);
            Verdict::Locked(SignedDuration::from_millis(oldest - hit) + WINDOW)
        };
    }
    verdict
}

fn is_live(hit: i64, now: i64) -> bool {
    i128::from(now) - i128::from(hit) < WINDOW.as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn the_eleventh_attempt_is_locked_until_the_first_is_fifteen_minutes_old() {
        let mut hits: Vec<i64> = (0..10).map(|minute| minute * MINUTE).collect();
        assert_eq!(judge(&hits, 10), Verdict::Allowed);
        hits.push(10 * MINUTE);
        assert_eq!(judge(&hits, 10), Verdict::Locked(SignedDuration::from_mins(5)));
        hits.push(15 * MINUTE);
        assert_eq!(judge(&hits, 10), Verdict::Allowed);
    }

    proptest! {
        #[test]
        fn never_more_than_the_limit_pass_in_any_window(mut hits in proptest::collection::vec(0..60 * MINUTE, 1..80)) {
            hits.sort_unstable();
            let passed: Vec<i64> = (1..=hits.len())
                .filter(|end| judge(&hits[..*end], 10) == Verdict::Allowed)
                .map(|end| hits[end - 1])
                .collect();
            for window in passed.windows(11) {
                prop_assert!(!is_live(window[0], window[10]));
            }
        }

        #[test]
        fn a_lock_ends_when_it_says(mut hits in proptest::collection::vec(0..14 * MINUTE, 11..40)) {
            hits.sort_unstable();
            if let Verdict::Locked(rest) = judge(&hits, 10) {
                let end = hits[hits.len() - 1] + i64::try_from(rest.as_millis()).unwrap();
                hits.push(end);
                prop_assert_eq!(judge(&hits, 10), Verdict::Allowed);
            }
        }
    }
}
