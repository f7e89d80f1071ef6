//! Invitations: how somebody becomes a member of a tenant.

pub(crate) mod accept;
pub(crate) mod bootstrap;
pub(crate) mod create;
mod store;
