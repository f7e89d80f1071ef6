//! Whose an address, a username, and an identity at another provider is, so that there is one.

use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use shared::store::{Action, Key};
use shared::{Error, seal};

use super::{Account, Accounts, Identifier, Identity};

/// Whose an address or a username is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claim {
    user_id: UserId,
}

impl Accounts {
    /// The write that makes an address or a username somebody's; refused if it is somebody else's.
    pub(crate) fn claim(&self, identifier: &Identifier, user_id: UserId) -> Action {
        self.table.put(&claim_key(identifier), &Claim { user_id }).if_absent()
    }

    /// The write that makes an address somebody else's; refused unless it still is `before`'s.
    pub(crate) fn pass_claim(&self, identifier: &Identifier, before: UserId, user_id: UserId) -> Action {
        let put = self.table.put(&claim_key(identifier), &Claim { user_id });
        put.when("userId = :before").value(":before", before)
    }

    /// The write that gives an address or a username up.
    pub(crate) fn release(&self, identifier: &Identifier) -> Action {
        self.table.delete(&claim_key(identifier))
    }

    /// The write that makes another provider's identity somebody's; refused if it is somebody else's.
    pub(crate) fn claim_identity(&self, identity: &Identity, user_id: UserId) -> Action {
        self.table.put(&identity_key(&identity.issuer, &identity.subject), &Claim { user_id }).if_absent()
    }

    /// The write that gives another provider's identity up.
    pub(crate) fn release_identity(&self, identity: &Identity) -> Action {
        self.table.delete(&identity_key(&identity.issuer, &identity.subject))
    }

    /// Whose identity at another provider it is.
    pub(crate) async fn owner_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, Error> {
        Ok(self.table.get::<Claim>(&identity_key(issuer, subject)).await?.map(|claim| claim.user_id))
    }

    /// Whose an address or a username is, as it is now.
    pub(crate) async fn owner_of(&self, identifier: &Identifier) -> Result<Option<UserId>, Error> {
        Ok(self.table.get::<Claim>(&claim_key(identifier)).await?.map(|claim| claim.user_id))
    }

    /// The account whose address it is, as it is now.
    pub(crate) async fn owner(&self, email: &str) -> Result<Option<Account>, Error> {
        match self.owner_of(&Identifier::email(email)).await? {
            Some(id) => self.get(id).await,
            None => Ok(None),
        }
    }

    /// Whose these addresses are; unknown ones are left out.
    pub async fn owners(&self, emails: &[String]) -> Result<Vec<UserId>, Error> {
        let keys: Vec<Key> = emails.iter().map(|email| claim_key(&Identifier::email(email))).collect();
        let claims: Vec<Option<Claim>> = self.table.get_all(&keys).await?;
        Ok(claims.into_iter().flatten().map(|claim| claim.user_id).collect())
    }
}

fn claim_key(identifier: &Identifier) -> Key {
    Key::new(identifier.claim(), "UNIQUE")
}

/// Both are as long as the provider likes.
fn identity_key(issuer: &str, subject: &str) -> Key {
    Key::new(format!("IDENTITY#{}", seal::digest(format!("{issuer}\n{subject}").as_bytes())), "UNIQUE")
}
