//! Tenants and their plans.

pub(crate) mod manage;
mod model;
mod named;
mod store;
pub(crate) mod switch;

pub use model::Tenant;
pub use store::Tenants;

pub(crate) use named::NamedTenant;
