//! The log of who kept order, and how: written with what it tells, in one transaction. It holds ids alone.

mod list;
mod model;
mod store;

pub(crate) use list::{__path_list, list};
pub(crate) use model::{Act, Event};
pub(crate) use store::Audit;
