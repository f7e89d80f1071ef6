//! Links in mails: single use, each for one purpose.

mod model;
pub(crate) mod request;
pub(crate) mod send;
mod store;

pub(crate) use model::{Invitation, MagicLink, Purpose, ResetPassword, VerifyAddress};
pub use store::Links;
