//! Rules about words, by tenant: messages that break one are refused, masked or reported.

mod book;
mod model;
mod routes;
mod store;

pub(crate) use routes::{__path_create, __path_list, __path_remove, __path_replace};
pub(crate) use routes::{create, list, remove, replace};
pub(crate) use store::Rules;
