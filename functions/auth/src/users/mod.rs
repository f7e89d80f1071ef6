//! The accounts of a tenant.

pub(crate) mod lookup;
