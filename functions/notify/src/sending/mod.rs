//! The worker's part: a delivery's turn has come.

mod attempt;
mod backoff;
mod deliver;
mod files;
mod read;
mod route;
mod stuck;

pub(crate) use deliver::deliver;
pub(crate) use stuck::requeue_stuck;
