//! One click ends messages of a kind (RFC 8058): the link in mails, and the page behind it.

mod link;
mod routes;

pub(crate) use link::Unsubscribe;
pub(crate) use routes::{__path_confirm_unsubscribe, __path_show_unsubscribe, confirm_unsubscribe, show_unsubscribe};
