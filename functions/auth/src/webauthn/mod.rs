//! Passkeys (`WebAuthn` Level 3): discoverable credentials that verify their user, so that one is two factors in one.

pub(crate) mod authenticate;
pub(crate) mod authenticate_options;
mod ceremony;
pub(crate) mod list;
mod model;
pub(crate) mod register;
pub(crate) mod register_options;
pub(crate) mod remove;
mod shown;
mod store;

pub use ceremony::Ceremonies;
pub use model::Passkey;
pub use store::Passkeys;

pub(crate) use model::PasskeyView;
pub(crate) use shown::show;

/// As mails name it.
const NAME: &str = "Passkey";
