//! Who may write now: not who is silenced, and in slow mode not who has just written.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use shared::Error;
use shared::auth::UserId;

use super::lines::{Line, Waiting};
use crate::error::ChatError;
use crate::state::State;
use crate::threads::{MemberRole, Membership, Meta};

/// What bounds the senders of one batch.
pub(super) struct Pace {
    now: Timestamp,
    /// Between two messages of a plain member.
    pause: SignedDuration,
    /// Those who keep order, and wait for nothing; not looked up where nobody waits.
    exempt: HashMap<UserId, MemberRole>,
    /// Who has written in this batch.
    wrote: HashMap<UserId, Timestamp>,
}

impl Pace {
    /// That of a thread; who its senders are is read in slow mode alone.
    pub(super) async fn of(
        state: &State,
        line: &Line,
        meta: &Meta,
        senders: &HashMap<UserId, Membership>,
    ) -> Result<Self, Error> {
        let pause = SignedDuration::from_secs(meta.slow_mode_seconds.into());
        let mut exempt = HashMap::new();
        if !pause.is_zero() {
            let users: Vec<UserId> = senders.keys().copied().collect();
            exempt = state.threads.roles(line.tenant, line.thread, &users).await?;
            exempt.retain(|_, role| *role != MemberRole::Member);
        }
        Ok(Self { now: state.clock().now(), pause, exempt, wrote: HashMap::new() })
    }

    /// Lets a message pass, and counts it.
    pub(super) fn admit(&mut self, waiting: &Waiting, membership: &Membership) -> Result<(), ChatError> {
        let sender = waiting.send.sender;
        membership.require_unsilenced(self.now)?;
        if self.pause.is_zero() || self.exempt.contains_key(&sender) {
            return Ok(());
        }
        let last = self.wrote.get(&sender).copied().or(membership.last_sent_at);
        let next = last.map_or(self.now, |last| last + self.pause);
        if self.now < next {
            let retry_after = next.duration_since(self.now).try_into().unwrap_or_default();
            return Err(Error::RateLimited { retry_after }.into());
        }
        self.wrote.insert(sender, self.now);
        Ok(())
    }
}
