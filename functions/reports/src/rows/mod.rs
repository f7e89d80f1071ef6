//! Rows of datasets: stored by day, read in the order of time.

mod batches;
mod facts;
mod model;
mod read;
mod reader;
mod routes;
mod store;

pub(crate) use batches::{Batches, StoreBatch, Waiting, store_batch, store_waiting};
pub(crate) use facts::store_facts;
pub(crate) use model::{Place, Row};
pub(crate) use read::{NewRow, owner, read};
pub(crate) use reader::Reader;
pub(crate) use routes::{__path_add_rows, add_rows};
pub(crate) use store::Rows;
