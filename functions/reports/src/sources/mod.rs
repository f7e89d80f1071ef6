//! Sources: somebody else's webhooks as rows of a dataset.

mod model;
mod named;
mod receive;
mod rejected;
mod routes;
mod sort;
mod store;

pub(crate) use receive::{__path_receive_rows, StoreReceived, receive_rows, store_received};
pub(crate) use rejected::{__path_list_rejected, list_rejected};
pub(crate) use routes::{
    __path_create_source, __path_delete_source, __path_list_sources, __path_rotate_source_secret, create_source,
    delete_source, list_sources, rotate_source_secret,
};
pub(crate) use store::Sources;
