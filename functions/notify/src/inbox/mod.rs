//! The inbox of the app: a channel that is stored here.

mod model;
mod routes;
mod store;

pub(crate) use routes::{
    __path_list_notifications, __path_read_all, __path_read_one, __path_unread_count, list_notifications, read_all,
    read_one, unread_count,
};
pub(crate) use store::{Inbox, partition};
