//! Chat as its callers see it: the real router on a loopback port, on the embedded AWS.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod authorization;
mod binary;
mod document;
mod edits;
mod erasure;
mod exports;
mod members;
mod messages;
mod order;
mod reactions;
mod recovery;
mod sockets;
mod support;
mod threads;
