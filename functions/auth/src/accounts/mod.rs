//! Accounts, their memberships, and how others see them.

mod claims;
mod identifier;
pub(crate) mod manage;
mod members;
mod model;
mod new;
mod rules;
mod store;
mod touch;
mod username;

pub use identifier::Identifier;
pub use members::Member;
pub use model::{Account, Identity, Membership, Profile, Totp};
pub use new::NewAccount;
pub use store::{Accounts, Created};

pub(crate) use new::SignUp;
pub(crate) use rules::{assignable, different_roles, plain_text, username_rule};
pub(crate) use touch::Touch;

#[cfg(test)]
pub(crate) use model::tests::account as test_account;
