//! Signing in: password, then the second factor where there is one.

mod challenge;
mod finish;
pub(crate) mod login;
mod totp;
pub(crate) mod verify_totp;

pub use challenge::{Challenge, Challenges};

pub(crate) use totp::seal_totp_secret;
