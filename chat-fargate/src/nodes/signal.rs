//! What nodes tell each other.

use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use uuid::Uuid;

use crate::hubs::{Numbered, Packet};
use crate::threads::ThreadId;

/// What a node tells the others. It may be lost, and what two nodes tell may cross.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Signal {
    /// It is there. It hears that itself, too, and so that it hears.
    Beat,
    /// Something that it told was lost: whoever hears this looks into the store.
    Missed,
    /// New messages of a thread.
    Messages { tenant: TenantId, thread: ThreadId, messages: Vec<Numbered> },
    /// Anything else that happens in a thread; what a member does is not for himself.
    Event { tenant: TenantId, thread: ThreadId, packet: Packet, by: Option<UserId> },
    /// What concerns those who share a thread with a user.
    Sharing { tenant: TenantId, threads: Vec<ThreadId>, user: UserId, packet: Packet },
    /// Users take part in a thread from now on.
    Joined { tenant: TenantId, users: Vec<UserId>, thread: ThreadId, last_seq: u64, packet: Packet },
    /// A user takes part in a thread no more.
    Parted { tenant: TenantId, user: UserId, thread: ThreadId },
}

/// A signal on its way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sent<S> {
    /// Of which node.
    pub(super) from: Uuid,
    pub(super) signal: S,
}
