//! A machine that calls for a tenant.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Roles, TenantId, UserId};
use shared::{Error, ids, seal};
use utoipa::ToSchema;
use uuid::Uuid;

const CLIENT: &str = "ezr_client_";
const SECRET: &str = "ezr_secret_";

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccount {
    /// Its id, `sub` in tokens.
    pub id: UserId,
    /// Whom it works for.
    pub tenant_id: TenantId,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub roles: Roles,
    /// Digest of its secret, which has 256 bits.
    pub secret_digest: String,
    /// Its tokens of before this have ended.
    pub tokens_valid_from: Timestamp,
    /// Counts its changes.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its secret was.
    pub rotated_at: Timestamp,
}

impl ServiceAccount {
    /// What it shows with its secret: which tenant's it is, and which one.
    #[must_use]
    pub fn client_id(&self) -> String {
        let bytes = [self.tenant_id.0.as_bytes().as_slice(), self.id.0.as_bytes()].concat();
        format!("{CLIENT}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whose client id it is, if it has the form of one.
    #[must_use]
    pub fn parse_client_id(text: &str) -> Option<(TenantId, UserId)> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(CLIENT)?).ok()?;
        let (tenant, id) = bytes.split_at_checked(16)?;
        Some((TenantId(Uuid::from_slice(tenant).ok()?), UserId(Uuid::from_slice(id).ok()?)))
    }

    /// The address in its tokens; nobody reads mail there (RFC 2606).
    #[must_use]
    pub fn email(&self) -> String {
        format!("{}@service-account.invalid", self.id)
    }

    /// As its admins see it.
    #[must_use]
    pub fn view(&self) -> ServiceAccountView {
        ServiceAccountView {
            id: self.id,
            client_id: self.client_id(),
            name: self.name.clone(),
            roles: self.roles.clone(),
            created_at: self.created_at,
            rotated_at: self.rotated_at,
        }
    }

    /// The same with its secret, which is shown once.
    #[must_use]
    pub fn with_secret(&self, client_secret: String) -> ServiceAccountSecret {
        ServiceAccountSecret {
            id: self.id,
            client_id: self.client_id(),
            client_secret,
            name: self.name.clone(),
            roles: self.roles.clone(),
            created_at: self.created_at,
            rotated_at: self.rotated_at,
        }
    }
}

/// A new secret and its digest.
pub(super) fn new_secret() -> Result<(String, String), Error> {
    let secret = format!("{SECRET}{}", URL_SAFE_NO_PAD.encode(ids::random::<32>()?));
    let digest = seal::digest(secret.as_bytes());
    Ok((secret, digest))
}

/// A service account as its admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountView {
    id: UserId,
    client_id: String,
    name: String,
    roles: Roles,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When its secret was made.
    #[schema(value_type = String, format = DateTime)]
    rotated_at: Timestamp,
}

/// A service account with its new secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountSecret {
    id: UserId,
    client_id: String,
    /// Shown this once.
    client_secret: String,
    name: String,
    roles: Roles,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    rotated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn arbitrary_text_is_no_client_id_of_another_length(text in ".{0,80}") {
            prop_assert!(ServiceAccount::parse_client_id(&text).is_none());
        }
    }

    #[test]
    fn a_client_id_names_tenant_and_account() {
        let account = ServiceAccount {
            id: UserId(Uuid::from_u128(2)),
            tenant_id: TenantId(Uuid::from_u128(1)),
            name: String::new(),
            roles: Roles::default(),
            secret_digest: String::new(),
            tokens_valid_from: Timestamp::UNIX_EPOCH,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            rotated_at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(ServiceAccount::parse_client_id(&account.client_id()), Some((account.tenant_id, account.id)));
        assert_eq!(ServiceAccount::parse_client_id(&format!("{}A", account.client_id())), None);
    }
}
