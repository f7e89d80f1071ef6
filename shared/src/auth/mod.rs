//! Who is calling: tokens, principals, roles, plans and revocation.

mod claims;
pub(crate) mod internal;
mod keys;
mod principal;
mod revocations;
mod roles;
mod tenant;
mod verified;
mod verifier;

pub use claims::{Claims, TOKEN_TYPE};
pub use internal::InternalKeys;
pub use keys::{KeyRing, PublicKey, SIGNING_KEYS_PARTITION};
pub use principal::{Authenticator, Principal};
pub use revocations::{Reach, Revocation, Revocations, sessions_valid_from};
pub use roles::{Plan, Role, Roles};
pub use tenant::{SYSTEM_TENANT, TenantId, UserId};
pub use verifier::{LEEWAY, Verifier};
