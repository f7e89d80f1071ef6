//! Revoked sessions and accounts, known to every service within 30 s.
//!
//! `revocations` holds one item a revocation, expiring with the longest token. Each process keeps
//! them in memory and reads only newer ones, at most every 15 s and only when a request comes.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Claims, LEEWAY, TenantId};
use crate::clock::Clock;
use crate::error::{Error, chain};
use crate::store::{Action, Key, Table};

/// Partitions of the table: many sessions may end at once.
const SHARDS: u8 = 4;
/// How old our knowledge may be before a request reads what is new.
const FRESH: SignedDuration = SignedDuration::from_secs(15);
/// How old it may be at all; then nobody is let in.
const USABLE: SignedDuration = SignedDuration::from_secs(30);
/// How far back a read of new items goes: a request may commit 25 s after it took its time, and
/// writers' clocks differ.
const OVERLAP: SignedDuration = SignedDuration::from_secs(40);
/// How long a request that is under way may still commit, by its own clock: what it begins must not outlive an end that
/// it did not see.
const SETTLING: SignedDuration = SignedDuration::from_secs(30);
/// No token lives longer than this.
const KEPT: SignedDuration = SignedDuration::from_secs(3600 + 60);

/// What a revocation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// The session that is the subject, for good.
    Session,
    /// Every session of the account that begins up to then, with the tokens it gets later: a refresh
    /// that runs at the same time must not outlive it.
    Sessions,
    /// The same of its sessions in one tenant alone.
    SessionsIn(TenantId),
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session => f.write_str("session"),
            Self::Sessions => f.write_str("sessions"),
            Self::SessionsIn(tenant) => write!(f, "sessions-in#{tenant}"),
        }
    }
}

/// One revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revocation {
    /// The session's or the account's id.
    pub subject: Uuid,
    /// What it ends.
    pub reach: Reach,
    /// The one session that goes on, if there is one.
    pub except: Option<Uuid>,
    /// Up to when.
    pub at: Timestamp,
    /// When no token is left that it could concern.
    pub expires_at: Timestamp,
    /// The same in seconds, for the store's garbage collection.
    ttl: i64,
}

/// From when on a session counts that is to outlive an end at `now`. Whoever knows of the end lets his sessions begin
/// then at the earliest; whoever does not, has let his begin before.
#[must_use]
pub fn sessions_valid_from(now: Timestamp) -> Timestamp {
    now + SETTLING
}

impl Revocation {
    /// Ends `subject` at `now`: what begins before [`sessions_valid_from`].
    #[must_use]
    pub fn new(subject: Uuid, reach: Reach, now: Timestamp) -> Self {
        let at = sessions_valid_from(now) - SignedDuration::from_millis(1);
        let expires_at = at + KEPT + LEEWAY;
        Self { subject, reach, except: None, at, expires_at, ttl: expires_at.as_second() }
    }

    /// The same, but for one session. Only a session that is alive may be excepted: what was revoked before it is
    /// forgotten for it.
    #[must_use]
    pub fn except(mut self, session: Uuid) -> Self {
        self.except = Some(session);
        self
    }

    /// Whether a session that began at this millisecond is ended.
    fn ends(&self, session: Uuid, began_millis: i64) -> bool {
        self.reach == Reach::Session || (began_millis <= self.at.as_millisecond() && self.except != Some(session))
    }
}

/// What this process knows of revoked sessions and accounts.
#[derive(Debug)]
pub struct Revocations {
    table: Table,
    clock: Clock,
    known: Mutex<Known>,
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    by_subject: HashMap<(Uuid, Reach), Revocation>,
    /// The time up to which we have read. A wall clock's, since a frozen Lambda's monotonic one may stand.
    read_at: Option<Timestamp>,
}

impl Known {
    /// The latest revocation of a subject counts, and of two at once the one without an exception; a slow read may
    /// bring an earlier one after it.
    fn note(&mut self, revocation: Revocation) {
        let subject = (revocation.subject, revocation.reach);
        let weight = |it: &Revocation| (it.at, it.except.is_none());
        match self.by_subject.get(&subject) {
            Some(known) if weight(known) >= weight(&revocation) => {}
            _ => drop(self.by_subject.insert(subject, revocation)),
        }
    }

    fn revokes(&self, claims: &Claims) -> bool {
        let (account, began) = (claims.sub.0, claims.session_began_millis());
        let revocations =
            [(claims.sid, Reach::Session), (account, Reach::Sessions), (account, Reach::SessionsIn(claims.tenant_id))];
        let known = revocations.iter().filter_map(|key| self.by_subject.get(key));
        known.into_iter().any(|revocation| revocation.ends(claims.sid, began))
    }
}

impl Revocations {
    /// Nothing is known until the first check.
    #[must_use]
    pub fn new(table: Table, clock: Clock) -> Self {
        Self { table, clock, known: Mutex::default(), reading: tokio::sync::Mutex::new(()) }
    }

    /// Whether the session or the account of these claims was revoked after they were issued.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when nothing could be read for 30 s: never let in by ignorance.
    pub async fn is_revoked(&self, claims: &Claims) -> Result<bool, Error> {
        if !self.is_younger_than(FRESH) {
            self.refresh().await?;
        }
        Ok(self.known().revokes(claims))
    }

    /// The write that revokes, for the transaction of its cause.
    pub fn revoke(&self, revocation: &Revocation) -> Action {
        let shard = revocation.subject.as_bytes()[15] % SHARDS;
        let except = revocation.except.map_or_else(String::new, |session| format!("#except#{session}"));
        let key = Key::new(
            format!("R#{shard}"),
            format!("{}#{}#{}{except}", moment(revocation.at), revocation.subject, revocation.reach),
        );
        self.table.put(&key, revocation)
    }

    /// Makes a committed revocation known here at once.
    pub fn note(&self, revocation: Revocation) {
        self.known().note(revocation);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether our knowledge is; a clock that was set back makes it old.
    fn is_younger_than(&self, age: SignedDuration) -> bool {
        let now = self.clock.now();
        self.known().read_at.is_some_and(|at| at <= now && now < at + age)
    }

    async fn refresh(&self) -> Result<(), Error> {
        let _one_at_a_time = self.reading.lock().await;
        if self.is_younger_than(FRESH) {
            return Ok(());
        }
        let now = self.clock.now();
        let from = self.known().read_at.map_or(now - KEPT, |up_to| up_to.min(now)) - OVERLAP;
        match self.read_since(from).await {
            Ok(newer) => {
                let mut known = self.known();
                known.by_subject.retain(|_, revocation| revocation.expires_at > now);
                for revocation in newer {
                    known.note(revocation);
                }
                known.read_at = Some(now);
                Ok(())
            }
            Err(error) if self.is_younger_than(USABLE) => {
                tracing::warn!(error.chain = chain(&error), "revocations could not be read; the last ones still hold");
                Ok(())
            }
            Err(error) => Err(Error::unavailable(error)),
        }
    }

    async fn read_since(&self, from: Timestamp) -> Result<Vec<Revocation>, Error> {
        let shards = (0..SHARDS)
            .map(|shard| self.table.query(format!("R#{shard}")).between(moment(from), "~").all::<Revocation>());
        Ok(futures_util::future::try_join_all(shards).await?.concat())
    }
}

/// Milliseconds since 1970 with leading zeros, so that text order is time order.
fn moment(time: Timestamp) -> String {
    format!("{:015}", time.as_millisecond())
}
