//! Tenants and their plans.

mod model;
mod store;

pub use model::Tenant;
pub use store::Tenants;
