//! Service accounts: machines that call for a tenant.

pub(crate) mod manage;
mod model;
mod store;
pub(crate) mod token;

pub use model::ServiceAccount;
pub use store::ServiceAccounts;
