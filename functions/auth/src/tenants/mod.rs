//! Tenants and their plans.

mod model;
mod named;
mod store;

pub use model::Tenant;
pub use store::Tenants;

pub(crate) use named::NamedTenant;
