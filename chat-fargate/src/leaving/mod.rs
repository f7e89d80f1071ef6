//! How a node that stops sends its sockets elsewhere: each at a random time, so that they do not all come to the other nodes
//! at once.

mod connections;
mod ecs;
mod gate;
mod timing;

pub(crate) use connections::Connections;
pub(crate) use ecs::{leave_when_told, metadata_address};
pub(crate) use gate::gate;
pub(crate) use timing::Leaving;
