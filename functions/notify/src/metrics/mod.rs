//! How many messages came to what.

mod model;
mod routes;
mod store;

pub(crate) use routes::{__path_get_metrics, get_metrics};
pub(crate) use store::{Metrics, user_partition};
