//! Invitations: how somebody becomes a member of a tenant.

pub(crate) mod accept;
pub(crate) mod bootstrap;
pub(crate) mod create;
pub(crate) mod list;
mod store;
pub(crate) mod withdraw;

pub use store::Invitations;
