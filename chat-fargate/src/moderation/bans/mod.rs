//! Who is to take no part in a thread.

mod model;
mod routes;
mod store;

pub(crate) use model::Ban;
pub(crate) use routes::{__path_ban, __path_list, __path_unban, ban, list, unban};
pub(crate) use store::Bans;
