//! Webhooks: what happens in reports is told to servers of the tenant's, signed as Standard Webhooks says.

mod announce;
mod change;
mod deliver;
mod deliveries;
mod delivery;
mod event;
mod model;
mod routes;
mod store;

pub(crate) use announce::{Announce, announce};
pub(crate) use change::{
    __path_delete_webhook, __path_put_webhook, __path_rotate_webhook_secret, delete_webhook, put_webhook,
    rotate_webhook_secret,
};
pub(crate) use deliver::{Deliver, deliver};
pub(crate) use deliveries::{
    __path_list_webhook_deliveries, __path_redeliver, __path_test_webhook, list_webhook_deliveries, redeliver,
    test_webhook,
};
pub(crate) use delivery::FileFor;
pub(crate) use event::{Data, Event};
pub(crate) use routes::{
    __path_create_webhook, __path_get_webhook, __path_list_webhooks, create_webhook, get_webhook, list_webhooks,
};
pub(crate) use store::Webhooks;
