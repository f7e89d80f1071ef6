//! Messages: sent once, in a gapless order.

mod model;
mod routes;
mod send;
mod sequencer;
mod store;

pub(crate) use model::{Message, SendMessage};
pub(crate) use routes::{__path_create, __path_list};
pub(crate) use routes::{create, list};
pub(crate) use send::send;
pub(crate) use sequencer::Sequencers;
pub(crate) use store::MessageStore;
