//! What admins do with the tenant's index.

mod reindex;
mod stats;

pub(crate) use reindex::{__path_reindex, reindex};
pub(crate) use stats::{__path_get_stats, get_stats};
