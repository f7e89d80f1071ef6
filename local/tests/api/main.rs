//! The platform as it is started by hand: the real binary, on ports and data of its own.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod account;
mod crash;
mod deployed;
mod jobs;
mod notifications;
mod outbox;
mod page;
mod platform;
mod reports;
mod search;
mod seeds;
mod socket;
mod start;
