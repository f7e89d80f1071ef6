//! What the tests of all services have in common: callers with tokens of the tests' own key, requests to a router without
//! a socket, queues, and a receiver of webhooks.

#![expect(clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc, reason = "a test fails by panicking")]

mod calls;
mod queues;
mod receiver;
pub mod tokens;

pub use calls::{Answer, Call, T1, T2, User, fetch, refusal};
pub use queues::{batch, fire, receive, take, take_facts};
pub use receiver::{NEVER, Receiver};
