//! Files of messages: uploaded first, then sent.

mod model;
mod purge;
mod routes;
mod store;

pub(crate) use model::Attached;
pub(crate) use purge::{Files, delete_files, purge};
pub(crate) use routes::{__path_create, __path_show, create, show};
pub(crate) use store::Attachments;
