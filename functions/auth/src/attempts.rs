//! Counting attempts: at most so many in a window, exact also when many come at once.
//!
//! Each attempt is added to a set by one update that answers with the whole set, before it is made.
//! So of attempts that run at once every one sees those before it, and no two can both be the last
//! one allowed. An attempt that is refused, or that was no failure, is taken out again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::clock::Clock;
use shared::seal::{Purpose, Sealer};
use shared::store::{Action, Key, NumberSet, Table};
use shared::{Error, ids, seal};

use crate::AuthError;

const PURPOSE: Purpose = "attempts";
/// The window of every limit.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Entries outside of the window that are left in a set before it is cleaned.
const MOST_STALE: usize = 50;
/// Attempts of one millisecond are told apart by a random number below this.
const PER_MILLISECOND: i64 = 1_000_000;
/// Numbers that are drawn for one attempt at most.
const DRAWS: usize = 10;

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

/// Sign-ups from one address.
pub const SIGN_UPS: Limit = Limit { most: 20, kind: "SIGNUP" };
/// Mails of one kind that are asked for to one address from one network.
pub const MAILS_TO: Limit = Limit { most: 5, kind: "MAIL-TO" };
/// Mails of one kind that are asked for to one address by anybody.
pub const MAILS_IN_ALL: Limit = Limit { most: 50, kind: "MAIL-ALL" };
/// Mails that are asked for from one address.
pub const MAILS_FROM: Limit = Limit { most: 30, kind: "MAIL-FROM" };
/// Invitations by one account.
pub const INVITATIONS: Limit = Limit { most: 100, kind: "INVITE" };
/// Other addresses that one account asks for.
pub const ADDRESSES: Limit = Limit { most: 10, kind: "NEW-ADDRESS" };
/// Exports that one account asks for.
pub const EXPORTS: Limit = Limit { most: 5, kind: "EXPORT" };
/// Sign-ins with a passkey that are begun from one address; pages may begin one whenever they are opened.
pub const PASSKEYS: Limit = Limit { most: 300, kind: "PASSKEY" };
/// Sign-ins at other providers that begin from one address.
pub const OAUTH_STATES: Limit = Limit { most: 100, kind: "OAUTH-STATE" };
/// Codes of other providers that are shown from one address.
pub const OAUTH_CODES: Limit = Limit { most: 100, kind: "OAUTH-CODE" };
/// Wrong passwords of one account that is signed in.
pub const PASSWORD: Limit = Limit { most: 10, kind: "PASSWORD" };

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
    /// It is, and counts as a failure until it is given back.
    Allowed(Attempt),
    /// It is not, until this has passed.
    Locked(SignedDuration),
}

/// An attempt that is counted: when it was, and a random part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt(i64);

#[derive(Debug, Default, Serialize, Deserialize)]
struct Row {
    #[serde(default)]
    hits: NumberSet,
}

impl Attempts {
    /// Counters in `table`.
    #[must_use]
    pub fn new(table: Table, sealer: Sealer, clock: Clock) -> Self {
        Self { table, sealer, clock }
    }

    /// Counts an attempt of `who` before it is made.
    pub async fn reserve(&self, limit: Limit, who: &str) -> Result<Verdict, Error> {
        let key = self.key(limit, who)?;
        let now = self.clock.now();
        let (hit, row) = self.add(&key, now).await?;
        let (stale, live): (Vec<i64>, Vec<i64>) = row.hits.0.into_iter().partition(|hit| !is_live(*hit, now));
        if stale.len() > MOST_STALE {
            self.remove(&key, stale).await?;
        }
        match locked_for(&live, hit, limit.most, now) {
            None => Ok(Verdict::Allowed(Attempt(hit))),
            Some(rest) => {
                self.remove(&key, vec![hit]).await?;
                Ok(Verdict::Locked(rest))
            }
        }
    }

    /// Adds an attempt; gives it, with all that are there now. Two of one millisecond that chance gives the same number
    /// would count once, so the second one draws again.
    async fn add(&self, key: &Key, now: Timestamp) -> Result<(i64, Row), Error> {
        for _ in 0..DRAWS {
            let hit = now.as_millisecond() * PER_MILLISECOND + random_part();
            let added = self
                .table
                .update(key, "ADD hits :hits SET #ttl = :ttl")
                .when("attribute_not_exists(hits) OR NOT contains(hits, :hit)")
                .name("#ttl", "ttl")
                .value(":hits", NumberSet(vec![hit]))
                .value(":hit", hit)
                .value(":ttl", (now + WINDOW).as_second());
            if let Some(row) = added.run_and_read().await? {
                return Ok((hit, row));
            }
        }
        Err(Error::internal("chance gives the same numbers again and again"))
    }

    /// Counts an attempt of `who`, or refuses it with 429.
    pub async fn admit(&self, limit: Limit, who: &str) -> Result<Attempt, Error> {
        match self.reserve(limit, who).await? {
            Verdict::Allowed(attempt) => Ok(attempt),
            Verdict::Locked(rest) => Err(Error::RateLimited { retry_after: rest.try_into().unwrap_or_default() }),
        }
    }

    /// Counts an attempt of `who`, or refuses it with 423.
    pub async fn admit_or_lock(&self, limit: Limit, who: &str) -> Result<Attempt, AuthError> {
        match self.reserve(limit, who).await? {
            Verdict::Allowed(attempt) => Ok(attempt),
            Verdict::Locked(rest) => Err(AuthError::AccountLocked { retry_after: rest.try_into().unwrap_or_default() }),
        }
    }

    /// Takes back an attempt that was no failure.
    pub async fn give_back(&self, limit: Limit, who: &str, Attempt(hit): Attempt) -> Result<(), Error> {
        self.remove(&self.key(limit, who)?, vec![hit]).await
    }

    /// The write that forgets the attempts of `who`, for the transaction of a success.
    pub fn forget(&self, limit: Limit, who: &str) -> Result<Action, Error> {
        Ok(self.table.delete(&self.key(limit, who)?))
    }

    async fn remove(&self, key: &Key, hits: Vec<i64>) -> Result<(), Error> {
        // Refused: a success has forgotten all of them meanwhile.
        let _ = self.table.update(key, "DELETE hits :hits").if_present().value(":hits", NumberSet(hits)).run().await?;
        Ok(())
    }

    /// Keys are HMACs: what somebody typed into a sign-in form may be anything.
    fn key(&self, limit: Limit, who: &str) -> Result<Key, Error> {
        let tag = self.sealer.mac(PURPOSE, who.as_bytes())?;
        Ok(Key::new(format!("ATTEMPTS#{}#{}", limit.kind, seal::digest(&tag)), "ATTEMPTS"))
    }
}

fn random_part() -> i64 {
    i64::try_from(ids::jitter(PER_MILLISECOND.unsigned_abs() - 1)).unwrap_or(0)
}

/// How long the attempt `own` of the live ones is locked out: until the oldest other one leaves the
/// window. `None` if it is one of the allowed.
fn locked_for(live: &[i64], own: i64, most: usize, now: Timestamp) -> Option<SignedDuration> {
    if live.len() <= most {
        return None;
    }
    let oldest = live.iter().filter(|hit| **hit != own).min()?;
    let age = now.as_millisecond() - oldest.div_euclid(PER_MILLISECOND);
    Some(WINDOW - SignedDuration::from_millis(age))
}

fn is_live(hit: i64, now: Timestamp) -> bool {
    let age = now.as_millisecond() - hit.div_euclid(PER_MILLISECOND);
    SignedDuration::from_millis(age) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: i64 = 60_000;

    /// What [`Attempts`] does with attempts that come one after another at these milliseconds.
    fn pass(times: &[i64], most: usize) -> Vec<(i64, Option<SignedDuration>)> {
        let mut hits: Vec<i64> = Vec::new();
        let judge = |(number, time): (usize, &i64)| {
            let now = Timestamp::from_millisecond(*time).unwrap();
            let own = time * PER_MILLISECOND + i64::try_from(number).unwrap();
            hits.retain(|hit| is_live(*hit, now));
            hits.push(own);
            let locked = locked_for(&hits, own, most, now);
            if locked.is_some() {
                hits.pop();
            }
            (*time, locked)
        };
        times.iter().enumerate().map(judge).collect()
    }

    #[test]
    fn the_eleventh_attempt_is_locked_until_the_first_is_fifteen_minutes_old() {
        let mut times: Vec<i64> = (0..=10).map(|minute| minute * MINUTE).collect();
        assert_eq!(pass(&times, 10)[10].1, Some(SignedDuration::from_mins(5)));
        times.push(15 * MINUTE);
        assert_eq!(pass(&times, 10)[11].1, None);
    }

    proptest! {
        #[test]
        fn never_more_than_the_limit_pass_in_any_window(mut times in proptest::collection::vec(0..60 * MINUTE, 1..80)) {
            times.sort_unstable();
            let passed: Vec<i64> = pass(&times, 10).iter().filter(|(_, locked)| locked.is_none()).map(|(at, _)| *at).collect();
            for window in passed.windows(11) {
                prop_assert!(window[10] - window[0] >= 15 * MINUTE);
            }
        }

        #[test]
        fn a_lock_ends_when_it_says(mut times in proptest::collection::vec(0..14 * MINUTE, 11..40)) {
            times.sort_unstable();
            if let Some((at, Some(rest))) = pass(&times, 10).last() {
                times.push(at + i64::try_from(rest.as_millis()).unwrap());
                prop_assert_eq!(pass(&times, 10).last().unwrap().1, None);
            }
        }
    }
}
