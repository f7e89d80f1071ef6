//! What is sent: a request becomes deliveries.

mod accept;
mod bodies;
mod bulk;
mod commit;
mod digest;
mod model;
mod parts;
mod routes;
mod store;
mod words;

pub(crate) use bulk::{__path_send_bulk, send_bulk};
pub(crate) use commit::KEPT;
pub(crate) use digest::{close, collected, collected_at};
pub(crate) use model::Notification;
pub(crate) use parts::{expand, expand_again};
pub(crate) use routes::{__path_send_notification, __path_send_test, send_notification, send_test};
pub(crate) use store::{Notifications, key, notification_of};
