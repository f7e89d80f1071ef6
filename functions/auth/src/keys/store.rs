//! The `signing-keys` table: `PUBLIC#KEYS` for every service, `PRIVATE#KEYS` for auth alone, and `RETIRED#KEYS`: the public
//! halves of keys that sign no more, for the receipts that they have signed.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::PublicKey;
use shared::seal::{Purpose, Sealer};
use shared::store::{Commit, Key, Table, Transaction};

use super::model::NewKey;

const PURPOSE: Purpose = "signing key";
const RETIRED: &str = "RETIRED#KEYS";

#[derive(Debug, Serialize, Deserialize)]
struct PrivateKey {
    /// PKCS #8, sealed and bound to the key's id.
    sealed: String,
}

/// Stores a new key. `false` if another process has stored one of this generation first.
pub(crate) async fn create(table: &Table, sealer: &Sealer, key: &NewKey) -> Result<bool, Error> {
    let public = &key.public;
    let private = PrivateKey { sealed: sealer.seal(PURPOSE, public.kid.as_bytes(), &key.private)? };
    let commit = Transaction::new(table.store())
        .with(table.put(&PublicKey::key(public.generation), public).if_absent())
        .with(table.put(&private_key(public.generation), &private).if_absent())
        .commit()
        .await?;
    Ok(commit == Commit::Done)
}

/// The private half of a key, PKCS #8.
pub(crate) async fn open(table: &Table, sealer: &Sealer, public: &PublicKey) -> Result<Vec<u8>, Error> {
    let private: PrivateKey = table
        .get(&private_key(public.generation))
        .await?
        .ok_or_else(|| Error::internal("a public key without its private half"))?;
    sealer
        .open(PURPOSE, public.kid.as_bytes(), &private.sealed)
        .ok_or_else(|| Error::internal("a signing key does not open under DATA_KEYS"))
}

/// Removes both halves of a key that no token needs any more; the public one is kept apart.
pub(crate) async fn retire(table: &Table, key: &PublicKey) -> Result<(), Error> {
    let commit = Transaction::new(table.store())
        .with(table.put(&Key::new(RETIRED, format!("{:08}", key.generation)), key))
        .with(table.delete(&PublicKey::key(key.generation)))
        .with(table.delete(&private_key(key.generation)))
        .commit()
        .await?;
    match commit {
        Commit::Done => Ok(()),
        Commit::Refused(_) => Err(Error::internal("a removal without conditions was refused")),
    }
}

/// The public halves of all keys that sign no more, oldest first.
pub(crate) async fn read_retired(table: &Table) -> Result<Vec<PublicKey>, Error> {
    table.query(RETIRED).all().await
}

/// All public keys, also those that are retired but not removed yet.
pub(crate) async fn read_all(table: &Table) -> Result<Vec<PublicKey>, Error> {
    table.query(shared::auth::SIGNING_KEYS_PARTITION).all().await
}

fn private_key(generation: u32) -> Key {
    Key::new("PRIVATE#KEYS", format!("{generation:08}"))
}
