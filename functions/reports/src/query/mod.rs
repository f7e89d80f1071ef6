//! What is done with rows: expressions, groups, orders.

mod aggregates;
mod cells;
mod expressions;
mod functions;
mod groups;
mod sorting;

pub(crate) use cells::project;
pub(crate) use expressions::{Formula, names_in};
pub(crate) use groups::{Groups, Totals};
pub(crate) use sorting::{Order, Sorted, Sorting, parse};
