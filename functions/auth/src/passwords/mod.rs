//! Passwords: how they are kept, which may be chosen, and how they are changed.

pub(crate) mod change;
mod check;
pub(crate) mod forgot;
mod hashing;
pub(crate) mod reset;
pub(crate) mod strength;

pub use hashing::Passwords;

pub(crate) use check::check_password;
