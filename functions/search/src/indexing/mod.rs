//! What the worker does to indexes, one worker a tenant at a time.

mod apply;
mod maintain;
mod queue;
mod reindex;
mod run;
mod turn;

pub(crate) use maintain::{Maintenance, maintain};
pub(crate) use queue::{wake, wake_now};
pub(crate) use reindex::Reindexing;
pub(crate) use run::{index, wake_overdue};
