//! Users' devices, to which push messages go.

mod model;
mod register;
mod routes;
mod store;

pub(crate) use model::{Device, DevicePlatform};
pub(crate) use register::Endpoints;
pub(crate) use routes::{
    __path_create_device, __path_delete_device, __path_list_devices, create_device, delete_device, list_devices,
};
pub(crate) use store::Devices;
