//! Who is here: by the sockets of this node, and, of who is not, when that was.

mod elsewhere;
mod model;
mod routes;
mod tracker;

pub(crate) use elsewhere::Elsewhere;
pub(crate) use model::Presence;
pub(crate) use routes::{__path_show, ask, show};
pub(crate) use tracker::{Presences, look_for_ever};
