//! Every message to one recipient by one channel, and what became of it.

mod change;
mod fact;
mod history;
mod list;
mod model;
mod sealed;
mod store;

pub(crate) use change::{
    __path_cancel_delivery, __path_delete_delivery, __path_retry_delivery, cancel_delivery, delete_delivery,
    retry_delivery,
};
pub(crate) use history::{Event, What};
pub(crate) use list::{__path_get_delivery, __path_list_deliveries, get_delivery, list_deliveries};
pub(crate) use model::{Delivery, DeliveryDetail, Recipient, State, Status, TemplateVersion};
pub(crate) use store::{Deliveries, Held, OPEN_SHARDS, key, open_partition, place_of, tenant_of};
