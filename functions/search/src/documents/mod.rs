//! What can be found: documents as their owners write them.

mod accept;
mod bodies;
mod model;
mod routes;
mod store;

pub(crate) use accept::put;
pub(crate) use bodies::Accepted;
pub use model::EntityType;
pub(crate) use model::{Attribute, Document, DocumentKey, GeoPoint, good_attributes, is_storable, storable};
pub(crate) use routes::{
    __path_delete_document, __path_get_document, __path_put_documents, delete_document, get_document, put_documents,
};
pub(crate) use store::{Documents, SHARDS};
