//! Lists: `?limit=` and `?cursor=`.
//!
//! A cursor is base64url JSON with `page`, `limit` and the sealed position in the key range. The
//! seal binds it to tenant, user, endpoint and filters, so that it opens nobody else's list.

use axum::extract::FromRequestParts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::envelope::Page;
use super::reply::Refusal;
use crate::auth::Principal;
use crate::error::Error;
use crate::seal::{Purpose, Sealer};

const PURPOSE: Purpose = "cursor";
const DEFAULT_LIMIT: u32 = 20;
const HIGHEST_LIMIT: u32 = 100;

/// What the caller asks for: how many rows, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Rows of the answer.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let axum::extract::Query(paging) = axum::extract::Query::<Self>::try_from_uri(&parts.uri)
            .map_err(|_| Error::field("limit", "must be a whole number from 1 to 100"))?;
        match paging.limit {
            Some(limit) if !(1..=HIGHEST_LIMIT).contains(&limit) => {
                Err(Error::field("limit", "must be a whole number from 1 to 100").into())
            }
            _ => Ok(paging),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    page: u32,
    limit: u32,
    position: String,
}

/// A list's paging, bound to its caller.
#[derive(Debug)]
pub struct Pager<K> {
    limit: u32,
    page: u32,
    start: Option<K>,
    sealer: Sealer,
    context: Vec<u8>,
}

impl Paging {
    /// Opens the cursor for `principal`'s list `endpoint` with these `filters`. `K` is the
    /// position in the key range.
    ///
    /// # Errors
    /// [`Error::InvalidCursor`] for a cursor that is broken or of another list.
    pub fn open<K: DeserializeOwned>(
        self,
        sealer: &Sealer,
        principal: &Principal,
        endpoint: &str,
        filters: &impl Serialize,
    ) -> Result<Pager<K>, Error> {
        let binding = (principal.tenant(), principal.user(), endpoint, filters);
        let context = serde_json::to_vec(&binding).map_err(Error::internal)?;
        let Some(cursor) = self.cursor else {
            let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
            return Ok(Pager { limit, page: 1, start: None, sealer: sealer.clone(), context });
        };
        let (cursor, start) = open(sealer, &context, &cursor).ok_or(Error::InvalidCursor)?;
        let limit = self.limit.unwrap_or(cursor.limit);
        Ok(Pager { limit, page: cursor.page, start: Some(start), sealer: sealer.clone(), context })
    }
}

fn open<K: DeserializeOwned>(sealer: &Sealer, context: &[u8], text: &str) -> Option<(Cursor, K)> {
    let cursor: Cursor = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    if !(1..=HIGHEST_LIMIT).contains(&cursor.limit) {
        return None;
    }
    let position = sealer.open(PURPOSE, context, &cursor.position)?;
    Some((cursor, serde_json::from_slice(&position).ok()?))
}

impl<K: Serialize> Pager<K> {
    /// How many rows to read.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Where to start; `None` is the beginning.
    #[must_use]
    pub fn start(&self) -> Option<&K> {
        self.start.as_ref()
    }

    /// The answer's `page`, where `next` is the position that the next page starts after.
    pub fn page(&self, next: Option<&K>) -> Result<Page, Error> {
        let next_cursor = next.map(|position| self.cursor(position)).transpose()?;
        Ok(Page { has_more: next_cursor.is_some(), next_cursor, limit: self.limit })
    }

    fn cursor(&self, position: &K) -> Result<String, Error> {
        let plain = serde_json::to_vec(position).map_err(Error::internal)?;
        let position = self.sealer.seal(PURPOSE, &self.context, &plain)?;
        let cursor = Cursor { page: self.page.saturating_add(1), limit: self.limit, position };
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).map_err(Error::internal)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealer() -> Sealer {
        let keys = r#"{"active":"1","1":"0123456789abcdef0123456789abcdef"}"#;
        Sealer::from_env(&[("DATA_KEYS".to_owned(), keys.to_owned())].into_iter().collect()).unwrap()
    }

    fn pager(context: &[u8]) -> Pager<u64> {
        Pager { limit: 7, page: 1, start: None, sealer: sealer(), context: context.to_vec() }
    }

    #[test]
    fn a_cursor_holds_page_and_limit_in_the_open_and_the_position_sealed() {
        let text = pager(b"list").page(Some(&4711)).unwrap().next_cursor.unwrap();
        let json = String::from_utf8(URL_SAFE_NO_PAD.decode(&text).unwrap()).unwrap();
        assert!(json.starts_with(r#"{"page":2,"limit":7,"#) && !json.contains("4711"), "{json}");
    }

    proptest! {
        #[test]
        fn a_cursor_opens_for_its_own_list_alone(position: u64, own in "[a-z]{1,8}", other in "[a-z]{1,8}") {
            let text = pager(own.as_bytes()).page(Some(&position)).unwrap().next_cursor.unwrap();
            let opened = open::<u64>(&sealer(), own.as_bytes(), &text).map(|(cursor, at)| (cursor.page, at));
            prop_assert_eq!(opened, Some((2, position)));
            prop_assert_eq!(open::<u64>(&sealer(), other.as_bytes(), &text).is_some(), own == other);
        }

        #[test]
        fn arbitrary_text_is_no_cursor(text in ".{0,300}") {
            prop_assert!(open::<u64>(&sealer(), b"list", &text).is_none());
        }

        #[test]
        fn a_changed_cursor_is_refused(position: u64, at in 0_usize..40, with in "[A-Za-z0-9]") {
            let text = pager(b"list").page(Some(&position)).unwrap().next_cursor.unwrap();
            let at = text.len() - 1 - at;
            let mut changed = text.clone();
            changed.replace_range(at..=at, &with);
            let same_bytes = URL_SAFE_NO_PAD.decode(&changed).ok() == URL_SAFE_NO_PAD.decode(&text).ok();
            prop_assert!(same_bytes || open::<u64>(&sealer(), b"list", &changed).is_none());
        }
    }
}
