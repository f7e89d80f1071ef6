//! Chat as its callers see it: the real router on a loopback port, on the embedded AWS.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod attachments;
mod audit;
mod authorization;
mod bans;
mod binary;
mod blocks;
mod document;
mod edits;
mod erasure;
mod exports;
mod facts;
mod members;
mod messages;
mod notices;
mod order;
mod order_keeping;
mod presence;
mod reactions;
mod recovery;
mod reports;
mod rules;
mod search;
mod sockets;
mod support;
mod threads;
