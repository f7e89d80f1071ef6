//! Whom a user does not want to hear from: no direct messages, in either direction, and no threads that he is added to.

mod model;
mod routes;
mod store;

pub(crate) use routes::{__path_block, __path_list, __path_unblock, block, list, unblock};
pub(crate) use store::Blocks;
