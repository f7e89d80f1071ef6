//! auth through its real router on the embedded AWS: one fresh platform a test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod authenticator;
mod keys;
mod lambda;
mod login;
mod lookup;
mod matrix;
mod mfa;
mod profile;
mod refresh;
mod sessions;
mod support;
mod webauthn;
