//! Sessions and their refresh tokens.

mod device;
pub(crate) mod end;
mod family;
#[cfg(test)]
mod interleavings;
pub(crate) mod list;
pub(crate) mod logout;
mod model;
pub(crate) mod refresh;
mod store;
mod token;
mod tokens;

pub use family::{Presented, RefreshTokenFamily};
pub use model::Session;
pub use store::Sessions;
pub use tokens::Tokens;

pub(crate) use model::Device;
