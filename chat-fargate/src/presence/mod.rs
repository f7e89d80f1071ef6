//! Who is here: by the sockets of this node, and, of who is not, when that was.

mod model;
mod routes;
mod tracker;

pub(crate) use model::Presence;
pub(crate) use routes::{__path_show, ask, show};
pub(crate) use tracker::Presences;
