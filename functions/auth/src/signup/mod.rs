//! Signing up: an account, and a link that verifies its address.

pub(crate) mod create;
pub(crate) mod resend;
mod tenant;
pub(crate) mod verify;

pub(crate) use tenant::open_to_sign_up;
