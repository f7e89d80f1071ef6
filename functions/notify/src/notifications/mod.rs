//! What is sent: a request becomes deliveries.

mod accept;
mod model;
mod routes;
mod store;
mod words;

pub(crate) use model::Notification;
pub(crate) use routes::{__path_send_notification, __path_send_test, send_notification, send_test};
pub(crate) use store::{Notifications, key};
