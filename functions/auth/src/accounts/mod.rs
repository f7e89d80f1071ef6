//! Accounts, their memberships, and how others see them.

mod model;
mod store;

pub use model::{Account, Identifier, Membership, NewAccount, Profile, Totp};
pub use store::{Accounts, Created, Member};

#[cfg(test)]
pub(crate) use model::tests::account as test_account;
