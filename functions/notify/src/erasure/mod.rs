//! Forgetting a user: everything that is kept about him, in every tenant.

mod deliveries;
mod erase;

pub(crate) use deliveries::forget;
pub(crate) use erase::{erase, finish};
