//! The other nodes of the platform, which are reached by Valkey (or Redis) if `REDIS_URL` is set. Without it there are none.
//!
//! | key | holds | lives |
//! |---|---|---|
//! | channel `chat:signals` | what each node tells the others ([`Signal`]) | |
//! | `chat:session:<sid>` | the address of the node that has an Engine.IO session | a minute after its last request |
//! | `chat:here:<tenant>:<user>` | hash: node → status, sockets, until when | 75 s after the last look |
//!
//! Nothing that must not be lost is here: messages are the store's, and each hub is compared with it every few seconds.

mod incoming;
mod link;
mod outgoing;
mod sessions;
mod signal;

pub(crate) use incoming::{listen_for_ever, look_for_ever};
pub(crate) use link::{Link, Unreachable};
pub(crate) use outgoing::{Outgoing, publish_for_ever};
pub(crate) use sessions::{pass_on, session_of};
pub(crate) use signal::Signal;
