//! What a tenant decides of its searches.

mod model;
mod prepared;
mod routes;
mod store;

pub(crate) use model::{Boosts, Settings};
pub(crate) use prepared::Prepared;
pub(crate) use routes::{__path_get_settings, __path_put_settings, get_settings, put_settings};
pub(crate) use store::SettingsStore;
