//! How many messages came to what.

mod store;

pub(crate) use store::Metrics;
