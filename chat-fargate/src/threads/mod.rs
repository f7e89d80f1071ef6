//! Threads and who takes part in them.

mod model;
mod routes;
mod store;

pub(crate) use model::{Thread, ThreadId};
pub(crate) use routes::{__path_create, __path_list, __path_read};
pub(crate) use routes::{create, list, read};
pub(crate) use store::{ThreadStore, head_key, membership_key, thread_partition};
