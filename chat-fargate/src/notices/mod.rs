//! What members are told by notify while they are away: that they were mentioned, at once; and, when a thread has gone on
//! for some minutes, that messages wait, once until they read them. A muted thread tells nothing, nor does it to who is
//! here.

mod schedule;
mod tell;

pub(crate) use schedule::{Absent, Mentions, Schedule};
pub(crate) use tell::{tell_absent, tell_mentioned};
