//! The passkeys' items.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `USER#<id>` | `PASSKEY#<id>` | a passkey, beside its account |
//! | `PASSKEY#<digest of the credential's id>` | `UNIQUE` | whose it is and which, so that there is one |

use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use shared::store::{Action, Key, Position, Rows, Table};
use shared::{Error, seal};
use uuid::Uuid;

use super::Passkey;
use crate::accounts::{Account, Accounts};

const PREFIX: &str = "PASSKEY#";

/// The passkeys of all accounts.
#[derive(Clone, Debug)]
pub struct Passkeys {
    table: Table,
}

/// Whose a credential is, and which of his passkeys.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claim {
    user_id: UserId,
    passkey_id: Uuid,
}

impl Passkeys {
    /// Passkeys in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The write of a new passkey.
    pub(super) fn add(&self, user: UserId, passkey: &Passkey) -> Action {
        self.table.put(&key(user, passkey.id), passkey).if_absent()
    }

    /// The write that makes its credential this account's; refused if it is a passkey already, whoever's.
    pub(super) fn claim(&self, user_id: UserId, passkey: &Passkey) -> Action {
        let claim = Claim { user_id, passkey_id: passkey.id };
        self.table.put(&claim_key(passkey.credential.cred_id()), &claim).if_absent()
    }

    /// The write of a passkey after it was shown, unless it was shown again or removed meanwhile.
    pub(super) fn save_used(&self, user: UserId, read: &Passkey, shown: &Passkey) -> Action {
        self.table.put(&key(user, shown.id), shown).when("uses = :read").value(":read", read.uses)
    }

    /// The write that removes a passkey; refused if there is none.
    pub(crate) fn remove(&self, user: UserId, passkey: &Passkey) -> Action {
        self.table.delete(&key(user, passkey.id)).if_present()
    }

    /// The write that gives its credential up.
    pub(crate) fn release(&self, passkey: &Passkey) -> Action {
        self.table.delete(&claim_key(passkey.credential.cred_id()))
    }

    /// The account that a credential is a passkey of, and that passkey.
    pub(super) async fn owner(
        &self,
        accounts: &Accounts,
        credential_id: &[u8],
    ) -> Result<Option<(Account, Passkey)>, Error> {
        let claim: Option<Claim> = self.table.get(&claim_key(credential_id)).await?;
        let Some(Claim { user_id, passkey_id }) = claim else { return Ok(None) };
        let (account, passkey) = accounts.get_with(user_id, &key(user_id, passkey_id)).await?;
        Ok(account.zip(passkey))
    }

    /// One of an account's passkeys.
    pub(super) async fn get(&self, user: UserId, id: Uuid) -> Result<Option<Passkey>, Error> {
        self.table.get(&key(user, id)).await
    }

    /// All of an account's passkeys.
    pub(crate) async fn all(&self, user: UserId) -> Result<Vec<Passkey>, Error> {
        self.table.query(partition(user)).prefix(PREFIX).all().await
    }

    /// A page of an account's passkeys, newest first.
    pub(super) async fn page(&self, user: UserId, limit: u32, after: Option<Position>) -> Result<Rows<Passkey>, Error> {
        self.table.query(partition(user)).prefix(PREFIX).backwards(true).limit(limit).after(after).page().await
    }
}

fn partition(user: UserId) -> String {
    format!("USER#{user}")
}

fn key(user: UserId, id: Uuid) -> Key {
    Key::new(partition(user), format!("{PREFIX}{id}"))
}

/// It is as long as the authenticator likes.
fn claim_key(credential_id: &[u8]) -> Key {
    Key::new(format!("PASSKEY#{}", seal::digest(credential_id)), "UNIQUE")
}
