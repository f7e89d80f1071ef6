//! Who may write now: not who is silenced, and in slow mode not who has just written.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use shared::Error;
use shared::auth::UserId;

use super::lines::Line;
use crate::error::ChatError;
use crate::state::State;
use crate::threads::{MemberRole, Membership, Meta};

/// What bounds the senders of one batch.
pub(super) struct Pace {
    now: Timestamp,
    /// Between two messages of a plain member.
    pause: SignedDuration,
    /// Those whom something may hold back.
    plain: HashMap<UserId, Membership>,
}

impl Pace {
    /// That of so many sends of a thread. Who keeps order waits for nothing; who does is read if somebody may have to wait.
    pub(super) async fn of(
        state: &State,
        line: &Line,
        meta: &Meta,
        senders: HashMap<UserId, Membership>,
        sends: usize,
    ) -> Result<Self, Error> {
        let repeated = sends > senders.len();
        let pause = SignedDuration::from_secs(meta.slow_mode_seconds.into());
        let mut pace = Self { now: state.clock().now(), pause, plain: senders };
        let slow = repeated && !pause.is_zero();
        if slow || pace.plain.values().any(|membership| pace.check(membership).is_err()) {
            let users: Vec<UserId> = pace.plain.keys().copied().collect();
            let roles = state.threads.roles(line.tenant, line.thread, &users).await?;
            pace.plain.retain(|user, _| roles.get(user) == Some(&MemberRole::Member));
        }
        Ok(pace)
    }

    /// Lets a message pass, and counts it.
    pub(super) fn admit(&mut self, sender: UserId) -> Result<(), ChatError> {
        if let Some(membership) = self.plain.get(&sender) {
            self.check(membership)?;
        }
        if let Some(membership) = self.plain.get_mut(&sender) {
            membership.last_sent_at = Some(self.now);
        }
        Ok(())
    }

    fn check(&self, membership: &Membership) -> Result<(), ChatError> {
        membership.require_unsilenced(self.now)?;
        let Some(last) = membership.last_sent_at else { return Ok(()) };
        // Another node's clock may be ahead.
        let left = (last.duration_since(self.now) + self.pause).min(self.pause);
        if left.is_positive() { Err(ChatError::TooFast { retry_after: left.unsigned_abs() }) } else { Ok(()) }
    }
}
