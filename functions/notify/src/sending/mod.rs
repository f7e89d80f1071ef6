//! The worker's part: a delivery's turn has come.

mod attempt;
mod backoff;
mod deliver;
mod read;

pub(crate) use deliver::deliver;
