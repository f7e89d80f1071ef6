//! What is searched for, counted.

mod facts;
mod model;
mod recorder;
mod routes;
mod store;

pub(crate) use recorder::Recorder;
pub(crate) use routes::{__path_click, __path_list_queries, click, list_queries};
