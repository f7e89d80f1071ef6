//! What is known of a user: from auth by job, and from the tenant by hand.

mod erasing;
mod model;
mod routes;
mod store;

pub(crate) use model::{Contact, HeldAddress};
pub(crate) use routes::{__path_get_contact, __path_put_contact, get_contact, put_contact};
pub(crate) use store::{Contacts, Subject};
