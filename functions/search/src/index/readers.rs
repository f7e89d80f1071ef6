//! Indexes that are open, in memory, for searches.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lru::LruCache;
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use tantivy::collector::DocSetCollector;
use tantivy::query::TermSetQuery;
use tantivy::schema::Value;
use tantivy::{DocAddress, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term};

use super::expansions::Expansions;
use super::manifest::Manifest;
use super::schema::fields;
use super::segments::{Fetched, Segments, cache_bytes};
use super::store::{Manifests, Which};
use super::writer::open;
use crate::SearchError;
use crate::documents::{Document, DocumentKey};

/// How long a version is taken for the newest one.
const FRESH: SignedDuration = SignedDuration::from_secs(1);
/// How often the worker is told that an index is to be made anew.
const REPORTED: SignedDuration = SignedDuration::from_secs(30);
/// Tries against an index that goes on while it is opened.
const TRIES: usize = 3;
/// Blocks of stored documents that stay decompressed, for each segment.
const CACHED_BLOCKS: usize = 64;
/// Tenants whose indexes may be open at a time; their size is bounded besides.
const MOST: NonZeroUsize = NonZeroUsize::new(1000).unwrap();
/// Words of which it is known what they match, for each index.
const EXPANSIONS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// One version of a tenant's index, open.
pub(crate) struct Open {
    pub(crate) manifest: Manifest,
    pub(crate) searcher: Searcher,
    pub(crate) expansions: Expansions,
}

/// The open indexes, the ones used last.
#[derive(Clone)]
pub(crate) struct Readers(Arc<Parts>);

struct Parts {
    manifests: Manifests,
    segments: Segments,
    clock: Clock,
    most_bytes: usize,
    known: Mutex<LruCache<TenantId, Arc<Slot>>>,
}

/// One tenant's.
#[derive(Default)]
struct Slot {
    /// Held while the index is looked at anew, so that nobody does so twice.
    state: tokio::sync::Mutex<Option<(Arc<Open>, Timestamp)>>,
    bytes: AtomicUsize,
    /// When this process last told the worker that it is to be made anew.
    reported: Mutex<Option<Timestamp>>,
}

impl Readers {
    pub(crate) fn from_env(
        env: &Env,
        manifests: Manifests,
        segments: Segments,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let most_bytes = cache_bytes(env)?;
        let known = Mutex::new(LruCache::new(MOST));
        Ok(Self(Arc::new(Parts { manifests, segments, clock, most_bytes, known })))
    }

    /// The tenant's index as it was a second ago or later, and at least in this version if it has come to that.
    pub(crate) async fn get(&self, tenant: TenantId, at_least: u64) -> Result<Arc<Open>, SearchError> {
        let slot = self.slot(tenant);
        let mut state = slot.state.lock().await;
        let now = self.0.clock.now();
        if let Some((open, seen)) = state.as_ref()
            && *seen + FRESH > now
            && open.manifest.version >= at_least
        {
            return Ok(Arc::clone(open));
        }
        let open = self.look(tenant, state.as_ref().map(|(open, _)| open)).await?;
        *state = Some((Arc::clone(&open), now));
        slot.bytes.store(open.manifest.bytes(), Ordering::Relaxed);
        drop(state);
        self.make_room(tenant);
        Ok(open)
    }

    fn slot(&self, tenant: TenantId) -> Arc<Slot> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.get_or_insert(tenant, Arc::default))
    }

    /// Whether the worker is to be told that the tenant's index is to be made anew: once in a while is enough.
    pub(crate) fn reports(&self, tenant: TenantId) -> bool {
        let (slot, now) = (self.slot(tenant), self.0.clock.now());
        let mut reported = slot.reported.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = reported.is_none_or(|at| at + REPORTED <= now);
        if is_due {
            *reported = Some(now);
        }
        is_due
    }

    /// What is there now; the same one if nothing has changed.
    async fn look(&self, tenant: TenantId, before: Option<&Arc<Open>>) -> Result<Arc<Open>, SearchError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let manifest = self.0.manifests.get(tenant, Which::Live).await?;
            let manifest = manifest.unwrap_or_else(|| Manifest::empty(None, self.0.clock.now()));
            if let Some(before) = before.filter(|before| before.manifest.version == manifest.version) {
                return Ok(Arc::clone(before));
            }
            if !manifest.is_readable() {
                return Err(SearchError::IndexOutdated);
            }
            match self.0.segments.fetch(tenant, &manifest).await {
                Ok(fetched) => return Open::new(manifest, fetched).await.map(Arc::new),
                Err(Error::Unavailable(_)) if tries < TRIES => {}
                Err(error) => return Err(SearchError::index(error)),
            }
        }
    }

    /// Closes the indexes that were not used for the longest time, until the others fit.
    fn make_room(&self, keep: TenantId) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let size = |slot: &Slot| slot.bytes.load(Ordering::Relaxed);
        let mut bytes: usize = known.iter().map(|(_, slot)| size(slot)).sum();
        while bytes > self.0.most_bytes {
            match known.peek_lru() {
                Some((tenant, slot)) if *tenant != keep => bytes -= size(slot),
                _ => return,
            }
            known.pop_lru();
        }
    }
}

impl Open {
    async fn new(manifest: Manifest, fetched: Fetched) -> Result<Self, SearchError> {
        let opened = tokio::task::spawn_blocking(move || Self::of(manifest, &fetched));
        Ok(opened.await.map_err(SearchError::index)??)
    }

    /// Opens an index whose objects are there. It takes a while, and does not wait.
    pub(crate) fn of(manifest: Manifest, fetched: &Fetched) -> tantivy::Result<Self> {
        let (index, _) = open(&manifest, fetched)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader = reader.doc_store_cache_num_blocks(CACHED_BLOCKS).try_into()?;
        let expansions = Mutex::new(LruCache::new(EXPANSIONS));
        Ok(Self { searcher: reader.searcher(), manifest, expansions })
    }

    /// A document as it was indexed.
    pub(crate) fn document(&self, address: DocAddress) -> tantivy::Result<Document> {
        let stored: TantivyDocument = self.searcher.doc(address)?;
        let body = stored.get_first(fields().body);
        let body = body.as_ref().and_then(Value::as_str).unwrap_or_default();
        serde_json::from_str(body).map_err(|error| TantivyError::InternalError(error.to_string()))
    }

    /// The scores of documents, raised by how much these are asked for.
    pub(crate) fn popularities(&self, found: Vec<(f32, DocAddress)>) -> tantivy::Result<Vec<(f32, DocAddress)>> {
        let columns = self.searcher.segment_readers().iter().map(|segment| segment.fast_fields().f64("popularity"));
        let columns = columns.collect::<tantivy::Result<Vec<_>>>()?;
        let raised = |(score, address): (f32, DocAddress)| {
            let popularity = columns[address.segment_ord as usize].first(address.doc_id).unwrap_or(0.0);
            #[expect(clippy::cast_possible_truncation, reason = "a weight")]
            let weight = (1.0 + popularity.ln_1p() / 10.0) as f32;
            (score * weight, address)
        };
        Ok(found.into_iter().map(raised).collect())
    }

    /// Which of these documents are in it.
    pub(crate) fn known(&self, keys: &[DocumentKey]) -> tantivy::Result<HashSet<DocumentKey>> {
        let terms = keys.iter().map(|key| Term::from_field_text(fields().key, &key.text()));
        let found = self.searcher.search(&TermSetQuery::new(terms), &DocSetCollector)?;
        found.into_iter().map(|address| Ok(self.document(address)?.key())).collect()
    }
}
