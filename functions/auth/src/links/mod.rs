//! Links in mails: single use, each for one purpose.

mod model;
pub(crate) mod request;
pub(crate) mod send;
mod store;
mod token;

pub use store::Links;
pub use token::LinkToken;

pub(crate) use model::{ChangeAddress, Invitation, MagicLink, Purpose, ResetPassword, VerifyAddress};
