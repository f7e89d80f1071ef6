//! auth through its real router on the embedded AWS: one fresh platform a test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod addresses;
mod audit;
mod authenticator;
mod erasure;
mod exports;
mod invitations;
mod keys;
mod lambda;
mod login;
mod lookup;
mod matrix;
mod members;
mod mfa;
mod oauth;
mod open_invitations;
mod parked_addresses;
mod passwords;
mod profile;
mod refresh;
mod service_accounts;
mod sessions;
mod signup;
mod support;
mod tenants;
mod totp;
mod webauthn;
