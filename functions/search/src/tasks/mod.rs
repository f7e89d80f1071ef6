//! What was accepted and is done later: each write has a task, which says when it can be found.

mod model;
mod routes;
mod store;

pub(crate) use model::{Failure, Task, TaskKind, TaskStatus};
pub(crate) use routes::{__path_get_task, get_task};
pub(crate) use store::{Announced, Tasks, Work};
