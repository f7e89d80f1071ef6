//! The tokens of mailed links: `<SPACE>#<digest>` / `LINK`. What is stored does not tell the token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::clock::Clock;
use shared::seal::{self, Sealer};
use shared::store::{Action, Key, Table};
use uuid::Uuid;

use super::Purpose;
use crate::AuthError;

const MAC: seal::Purpose = "mailed link";

/// The links.
#[derive(Clone, Debug)]
pub struct Links {
    table: Table,
    sealer: Sealer,
    clock: Clock,
    /// Where the application's pages are, without a slash at the end.
    base_url: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row<T> {
    link: T,
    expires_at: Timestamp,
    ttl: i64,
}

impl Links {
    /// Links in `table` to pages under `base_url`.
    #[must_use]
    pub fn new(table: Table, sealer: Sealer, clock: Clock, base_url: String) -> Self {
        Self { table, sealer, clock, base_url }
    }

    /// The write of a link, and its address. Of the same `id` it is always the same link, so a job that runs twice
    /// makes one.
    pub(crate) fn issue<P: Purpose>(&self, id: Uuid, link: &P) -> Result<(Action, String), Error> {
        let (write, url, _) = self.issue_named(id, link)?;
        Ok((write, url))
    }

    /// The same with the name by which [`Links::withdraw`] finds it. The name does not tell the token.
    pub(crate) fn issue_named<P: Purpose>(&self, id: Uuid, link: &P) -> Result<(Action, String, String), Error> {
        let name = [P::SPACE.as_bytes(), b"\0", id.as_bytes()].concat();
        let token = format!("{}{}", P::PREFIX, URL_SAFE_NO_PAD.encode(self.sealer.mac(MAC, &name)?));
        let expires_at = self.clock.now() + P::LIFETIME;
        let row = Row { link, expires_at, ttl: expires_at.as_second() };
        let url = format!("{}/{}?token={token}", self.base_url, P::PAGE);
        let name = seal::digest(token.as_bytes());
        Ok((self.table.put(&key::<P>(&name), &row).if_absent(), url, name))
    }

    /// What a link is about. It stays good until [`Links::redeem`].
    pub(crate) async fn find<P: Purpose>(&self, token: &str) -> Result<P, AuthError> {
        if !token.starts_with(P::PREFIX) {
            return Err(AuthError::TokenInvalid);
        }
        let row: Option<Row<P>> = self.table.get(&key_of::<P>(token)).await?;
        match row {
            Some(row) if self.clock.now() < row.expires_at => Ok(row.link),
            _ => Err(AuthError::TokenInvalid),
        }
    }

    /// The write that uses a link up, once.
    pub(crate) fn redeem<P: Purpose>(&self, token: &str) -> Action {
        self.table.delete(&key_of::<P>(token)).if_present()
    }

    /// The write that ends a link, used up or not, by its name.
    pub(crate) fn withdraw<P: Purpose>(&self, name: &str) -> Action {
        self.table.delete(&key::<P>(name))
    }

    /// A page of the application.
    pub(crate) fn page(&self, name: &str) -> String {
        format!("{}/{name}", self.base_url)
    }
}

fn key_of<P: Purpose>(token: &str) -> Key {
    key::<P>(&seal::digest(token.as_bytes()))
}

fn key<P: Purpose>(name: &str) -> Key {
    Key::new(format!("{}#{name}", P::SPACE), "LINK")
}
