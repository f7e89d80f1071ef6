//! Signing in: what was shown, then the second factor where there is one.

mod challenge;
mod enter;
mod failure;
pub(crate) mod login;
pub(crate) mod magic_link;
mod ownership;
pub(crate) mod reauthenticate;
pub(crate) mod verify_totp;

pub use challenge::{Challenge, Challenges};

pub(crate) use enter::{Entered, Entrance, SignInAnswer};
pub(crate) use failure::{admit, record_failure, record_wrong_proof};
pub(crate) use ownership::{Brings, owned, prove_address};
