//! Large imports: a file of newline-delimited JSON, uploaded to S3 and read piece by piece.

mod lines;
mod model;
mod routes;
mod run;
mod store;

pub(crate) use routes::{__path_create_import, __path_get_import, create_import, get_import};
pub(crate) use run::{ImportJob, go_on, resume_stuck};
pub(crate) use store::Imports;
