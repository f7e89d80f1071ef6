//! How much a tenant may have made and stored.

mod model;
mod routes;
mod store;

pub(crate) use model::Used;
pub(crate) use routes::{
    __path_get_quotas, __path_get_usage, __path_list_tenants_usage, __path_put_quotas, get_quotas, get_usage,
    list_tenants_usage, put_quotas,
};
pub(crate) use store::Quotas;
