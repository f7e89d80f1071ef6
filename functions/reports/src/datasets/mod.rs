//! Datasets: the platform's own, and those that tenants declare.

mod model;
mod platform;
mod routes;
mod store;

pub(crate) use model::{Dataset, Scope, is_name};
pub(crate) use platform::of_fact;
pub(crate) use routes::{
    __path_create_dataset, __path_get_dataset, __path_list_datasets, create_dataset, get_dataset, list_datasets,
    readable,
};
pub(crate) use store::Datasets;
