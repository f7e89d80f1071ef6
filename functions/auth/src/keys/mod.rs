//! Signing keys: made on first use, published before they sign, rotated by a timer.

pub(crate) mod discovery;
pub(crate) mod jwks;
mod model;
mod rotate;
mod signer;
mod store;

pub use rotate::Rotated;
pub use signer::{SigningKeys, Subject};
