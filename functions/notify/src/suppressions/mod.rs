//! Addresses that must not be written to.

mod model;
mod routes;
mod store;

pub(crate) use model::{SuppressionReason, SuppressionSource, normalized};
pub(crate) use routes::{
    __path_check_suppression, __path_create_suppression, __path_delete_suppression, __path_list_suppressions,
    check_suppression, create_suppression, delete_suppression, list_suppressions,
};
pub(crate) use store::Suppressions;
