//! `shared` through a small service that is built on it, on the embedded AWS.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is not as it should be")]

mod callers;
mod config;
mod document;
mod envelope;
mod idempotency;
mod limits;
mod logs;
mod outbox;
mod paging;
mod principals;
mod revocations;
mod sample;
mod store;
mod support;
mod sweep;
mod tokens;
mod workers;
