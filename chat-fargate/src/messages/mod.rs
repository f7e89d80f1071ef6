//! Messages: sent once, in a gapless order.

mod batch;
mod edit;
mod fact;
mod find;
mod forget;
mod lines;
mod model;
mod pace;
mod reactions;
mod routes;
mod search;
mod send;
mod span;
mod store;

pub(crate) use edit::{__path_history, __path_remove, __path_update};
pub(crate) use edit::{EditMessage, delete, edit, history, remove, update};
pub(crate) use find::{__path_show, find_for, show};
pub(crate) use forget::{clear, forget_user};
pub(crate) use lines::Lines;
pub(crate) use model::{Message, SendMessage, StoredMessage};
pub(crate) use reactions::{Turn, react};
pub(crate) use routes::{__path_create, __path_list};
pub(crate) use routes::{create, list};
pub(crate) use search::{__path_search, search};
pub(crate) use send::send;
pub(crate) use store::MessageStore;

/// Reactions' routes; they have the names of others.
pub(crate) mod reaction {
    pub(crate) use super::reactions::{__path_add, __path_remove, add, remove};
}
