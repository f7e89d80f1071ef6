//! Rows of datasets: stored by day, read in the order of time.

mod batches;
mod facts;
mod model;
mod reader;
mod routes;
mod store;

pub(crate) use batches::{Batches, StoreBatch, store_batch};
pub(crate) use facts::store_facts;
pub(crate) use model::{Place, Row};
pub(crate) use reader::Reader;
pub(crate) use routes::{__path_add_rows, add_rows};
pub(crate) use store::Rows;
