//! The members of a tenant.

pub(crate) mod list;
pub(crate) mod lookup;
pub(crate) mod manage;
mod view;
