//! Accounts, their memberships, and how others see them.

pub(crate) mod manage;
mod model;
mod rules;
mod store;
mod username;

pub(crate) use model::SignUp;
pub use model::{Account, Identifier, Identity, Membership, NewAccount, Profile, Totp};
pub(crate) use rules::{assignable, different_roles, plain_text, username_rule};
pub use store::{Accounts, Created, Member};
pub(crate) use store::{Taken, Touch};

#[cfg(test)]
pub(crate) use model::tests::account as test_account;
