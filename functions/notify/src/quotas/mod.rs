//! How much a tenant may send a month.

mod model;
mod routes;
mod store;

pub(crate) use routes::{__path_get_quotas, __path_put_quotas, get_quotas, put_quotas};
pub(crate) use store::{Quotas, month};
