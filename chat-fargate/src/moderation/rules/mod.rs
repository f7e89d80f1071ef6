//! Rules about words, by tenant: messages that break one are refused, masked or reported.

mod book;
mod judge;
mod model;
mod routes;
mod store;

pub(crate) use book::Reported;
pub(crate) use judge::Rules;
pub(crate) use model::RuleSummary;
pub(crate) use routes::{__path_create, __path_list, __path_remove, __path_replace};
pub(crate) use routes::{create, list, remove, replace};
