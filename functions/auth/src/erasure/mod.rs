//! Erasing an account, with proof that every service has done so.

mod begin;
pub(crate) mod confirm;
mod model;
pub(crate) mod purge;
pub(crate) mod request;
pub(crate) mod show;
mod store;

pub(crate) use begin::{Leaving, begin};
pub use model::Erasure;
pub use store::Erasures;
