//! One batch: documents as they are now become the next version of the index.

use std::collections::BTreeSet;
use std::sync::Arc;

use shared::Error;
use shared::auth::TenantId;
use shared::store::{Commit, Stored, Transaction};

use crate::State;
use crate::documents::{Document, DocumentKey};
use crate::index::{Change, Made, Manifest, Which, write};
use crate::saved::match_new;
use crate::semantic::{Embedder, vector_of};
use crate::tasks::Work;

/// Indexes the documents of as much work as the time allows, the oldest first, and notes that it is done.
pub(super) async fn apply(state: &State, tenant: TenantId, works: &[Stored<Work>]) -> Result<(), Error> {
    let keys: BTreeSet<&DocumentKey> = works.iter().flat_map(|row| &row.item.documents).collect();
    let keys: Vec<DocumentKey> = keys.into_iter().cloned().collect();
    let indexes = Indexes::read(state, tenant).await?;
    let documents = state.documents.get_all(tenant, &keys).await?;
    let changes: Vec<(DocumentKey, Option<Document>)> = keys.into_iter().zip(documents).collect();
    let version = if changes.is_empty() {
        indexes.version()
    } else {
        tell_of_new(state, tenant, &indexes, &changes).await?;
        commit(state, tenant, indexes, changes, Into::Both).await?
    };
    state.tasks.finish(tenant, works, version, state.platform.clock().now()).await
}

/// Before the index has them: what it has is not new.
pub(super) async fn tell_of_new(
    state: &State,
    tenant: TenantId,
    indexes: &Indexes,
    changes: &[(DocumentKey, Option<Document>)],
) -> Result<(), Error> {
    // Of an index of another layout nobody knows what it has.
    if indexes.live.as_ref().is_some_and(|live| !live.is_readable()) {
        return Ok(());
    }
    let arrived: Vec<Document> = changes.iter().filter_map(|(_, document)| document.clone()).collect();
    match_new(state, tenant, &arrived, indexes.version()).await
}

/// A tenant's manifests, read *before* the documents that are to go into them: whoever has read older documents than
/// somebody else has written has an older version, and does not replace the newer one.
pub(super) struct Indexes {
    live: Option<Manifest>,
    next: Option<Manifest>,
}

impl Indexes {
    pub(super) async fn read(state: &State, tenant: TenantId) -> Result<Self, Error> {
        let (live, next) = state.manifests.get_both(tenant).await?;
        Ok(Self { live, next })
    }

    /// Whether everything of the one that is searched is there.
    pub(super) async fn are_whole(&self, state: &State, tenant: TenantId) -> Result<bool, Error> {
        match &self.live {
            Some(live) => state.segments.are_whole(tenant, live).await,
            None => Ok(true),
        }
    }

    /// The version that is searched.
    fn version(&self) -> u64 {
        self.live.as_ref().map_or(0, |live| live.version)
    }
}

/// Which indexes documents go into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Into {
    /// The one that is searched, and the one that is to take its place.
    Both,
    /// Only that one.
    Next,
}

/// Writes the next version of the tenant's indexes, with these documents as they are now; gives the live one's.
pub(super) async fn commit(
    state: &State,
    tenant: TenantId,
    indexes: Indexes,
    documents: Vec<(DocumentKey, Option<Document>)>,
    into: Into,
) -> Result<u64, Error> {
    let mut version = indexes.version();
    let semantics = state.semantics.clone();
    let (embedder, changes) = tokio::task::spawn_blocking(move || {
        let embedder = semantics.wait().cloned();
        let changes = changes(documents, embedder.as_deref());
        (embedder, changes)
    })
    .await
    .map_err(Error::internal)?;
    let (model, changes) = (embedder.as_ref().map(|embedder| embedder.model().to_owned()), Arc::new(changes));
    let default_language = state.settings.get(tenant).await?.default_language.clone();
    let now = state.platform.clock().now();
    let mut transaction = Transaction::new(state.platform.store()).with(state.maintenance.want(tenant, now));
    for (which, before) in [(Which::Live, indexes.live), (Which::Next, indexes.next)] {
        let before = match (which, before) {
            (Which::Live, _) if into == Into::Next => continue,
            // An older layout: it is being made anew, and this one stays as it is until then.
            (_, Some(before)) if !before.is_readable() => continue,
            (_, Some(before)) => before,
            (Which::Live, None) => Manifest::empty(model.clone(), now),
            (Which::Next, None) => continue,
        };
        let made = make(state, tenant, before.clone(), &changes, (model.clone(), default_language.clone())).await?;
        if which == Which::Live {
            version = made.manifest.version;
        }
        transaction.add(state.manifests.replace(tenant, which, &made.manifest, before.version));
        state.segments.put_all(tenant, made.objects).await?;
    }
    match transaction.commit().await? {
        Commit::Done => Ok(version),
        Commit::Refused(_) => Err(Error::unavailable("somebody else has written this index meanwhile")),
    }
}

/// One index's next version, off the async threads.
async fn make(
    state: &State,
    tenant: TenantId,
    before: Manifest,
    changes: &Arc<Vec<Change>>,
    (model, default_language): (Option<String>, String),
) -> Result<Made, Error> {
    let fetched = state.segments.fetch(tenant, &before).await?;
    let (changes, clock) = (Arc::clone(changes), state.platform.clock().clone());
    let made = tokio::task::spawn_blocking(move || {
        write(&before, &fetched, &changes, (model.as_deref(), &default_language), &clock)
    });
    made.await.map_err(Error::internal)?.map_err(Error::internal)
}

fn changes(documents: Vec<(DocumentKey, Option<Document>)>, embedder: Option<&dyn Embedder>) -> Vec<Change> {
    let with_vector = |document: Document| {
        let vector = embedder.and_then(|embedder| vector_of(embedder, &document));
        (document, vector)
    };
    documents.into_iter().map(|(key, document)| Change { key, document: document.map(with_vector) }).collect()
}
