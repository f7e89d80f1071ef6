//! What members, and rules about words, report of messages.

mod file;
mod forget;
mod list;
mod model;
mod resolve;
mod store;

pub(crate) use file::{__path_file, file};
pub(crate) use forget::{filed_by, forget, forget_notes};
pub(crate) use list::{__path_list, __path_list_of_thread, list, list_of_thread};
pub(crate) use model::Report;
pub(crate) use resolve::{__path_resolve, resolve};
pub(crate) use store::Reports;
