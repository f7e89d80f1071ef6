//! Files that mails take along: uploaded to S3 first, then named by their ids.

mod model;
mod purge;
mod routes;
mod store;

pub(crate) use model::{Attached, MOST};
pub(crate) use purge::purge;
pub(crate) use routes::{__path_create_attachment, create_attachment};
pub(crate) use store::Attachments;
