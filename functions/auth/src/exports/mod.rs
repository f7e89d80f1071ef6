//! Everything that is known of an account, for its owner: each service stores a file, and auth hands them out.

pub(crate) mod collect;
pub(crate) mod download;
mod known;
mod model;
pub(crate) mod own;
pub(crate) mod request;
pub(crate) mod show;
mod store;

pub use model::Export;
pub use store::Exports;
