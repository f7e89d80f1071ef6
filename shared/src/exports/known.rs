//! What a service knows of a user, as lists that are read page by page.

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::auth::TenantId;
use crate::error::Error;
use crate::jobs::ExportUser;
use crate::store::Position;

/// A list of what a service knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    /// Its name, the same in every tenant.
    pub name: &'static str,
    /// Whose it is, if it is a tenant's.
    pub tenant: Option<TenantId>,
}

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    pub(super) items: Vec<Box<RawValue>>,
    pub(super) next: Option<Position>,
}

impl Page {
    /// These items, and where the next page begins.
    pub fn new<T: Serialize>(items: impl IntoIterator<Item = T>, next: Option<Position>) -> Result<Self, Error> {
        let items = items.into_iter().map(|item| to_raw_value(&item)).collect::<Result<_, _>>();
        Ok(Self { items: items.map_err(Error::internal)?, next })
    }

    /// All there is.
    pub fn whole<T: Serialize>(items: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        Self::new(items, None)
    }
}

/// What a service knows of users. Never a secret.
pub trait Known: Send + Sync {
    /// The lists that make up an export, the same ones in the same order whenever it goes on.
    fn lists(&self, wanted: &ExportUser) -> Vec<List>;

    /// A page of one of them: some hundred kilobytes.
    fn page<'a>(
        &'a self,
        wanted: &'a ExportUser,
        list: List,
        after: Option<Position>,
    ) -> BoxFuture<'a, Result<Page, Error>>;
}
