//! Which saved searches match documents that arrive.

use futures_util::{StreamExt, TryStreamExt, stream};
use shared::Error;
use shared::auth::TenantId;
use shared::jobs::QueueName;
use shared::store::{Commit, Transaction};

use super::alert::{Alert, DELAY};
use super::model::SavedSearch;
use crate::State;
use crate::documents::{Document, DocumentKey};
use crate::index::{Change, Fetched, Manifest, Open, Quantised, write};
use crate::jobs::Job;
use crate::query::{Lexical, Strictness};
use crate::settings::Prepared;
use tantivy::collector::DocSetCollector;

/// Documents of one transaction.
const TOGETHER: usize = 90;
/// Documents of one batch that one search tells of: enough to look at, and not the whole of a large import.
const MOST_TOLD: usize = 450;
/// Searches that are written at a time.
const AT_ONCE: usize = 8;

/// Writes down who is to be told of which of these documents, as far as the index in this version has none of them. Twice
/// is once, so it comes before the index has them: then nobody dies between the two and leaves somebody untold.
pub(crate) async fn match_new(
    state: &State,
    tenant: TenantId,
    arrived: &[Document],
    version: u64,
) -> Result<(), Error> {
    let searches: Vec<SavedSearch> = state.saved.all(tenant).await?;
    let searches: Vec<SavedSearch> = searches.into_iter().filter(|saved| saved.search.alerts).collect();
    if searches.is_empty() || arrived.is_empty() {
        return Ok(());
    }
    let open = state.readers.get(tenant, version).await.map_err(Error::unavailable)?;
    let arrived = arrived.to_vec();
    let (settings, clock) = (state.settings.get(tenant).await?, state.platform.clock().clone());
    let found = tokio::task::spawn_blocking(move || -> Result<_, Error> {
        let keys: Vec<DocumentKey> = arrived.iter().map(Document::key).collect();
        let known = open.known(&keys).map_err(Error::internal)?;
        let new = arrived.into_iter().filter(|document| !known.contains(&document.key())).collect();
        let open = small_index(new, &settings, &clock).map_err(Error::internal)?;
        let each = searches.into_iter().map(|saved| {
            let documents = matches(&open, &saved, &settings).map_err(Error::internal)?;
            Ok((saved, documents))
        });
        each.collect::<Result<Vec<_>, Error>>()
    });
    let found = found.await.map_err(Error::internal)??.into_iter().filter(|(_, documents)| !documents.is_empty());
    let writes: Vec<_> = found.map(|(saved, documents)| tell(state, tenant, saved, documents)).collect();
    stream::iter(writes).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await.map(|_| ())
}

/// An index of these documents alone, in memory.
fn small_index(new: Vec<Document>, settings: &Prepared, clock: &shared::clock::Clock) -> tantivy::Result<Open> {
    let change = |document: Document| {
        let vector: Option<Quantised> = None;
        Change { key: document.key(), document: Some((document, vector)) }
    };
    let changes: Vec<Change> = new.into_iter().map(change).collect();
    let empty = Manifest::empty(None, clock.now());
    let made = write(&empty, &Fetched::new(), &changes, (None, &settings.default_language), clock)?;
    Open::of(made.manifest, &made.objects.into_iter().collect())
}

/// The documents that have all words of the search, and what its filters want.
fn matches(open: &Open, saved: &SavedSearch, settings: &Prepared) -> tantivy::Result<Vec<DocumentKey>> {
    let Ok(wanted) = saved.search.wanted() else {
        return Ok(Vec::new());
    };
    let lexical = Lexical::new(open, &wanted.query.exact(), settings)?;
    let query = lexical.query(Strictness::All, &wanted.filters.queries());
    let found = open.searcher.search(&*query, &DocSetCollector)?;
    found.into_iter().map(|address| Ok(open.document(address)?.key())).collect()
}

async fn tell(
    state: &State,
    tenant: TenantId,
    saved: SavedSearch,
    mut documents: Vec<DocumentKey>,
) -> Result<(), Error> {
    documents.sort_unstable();
    documents.truncate(MOST_TOLD);
    let untold = state.saved.untold(tenant, saved.id, documents).await?;
    let now = state.platform.clock().now();
    for some in untold.chunks(TOGETHER) {
        let mut transaction = Transaction::new(state.platform.store());
        transaction.extend(state.saved.tell(tenant, saved.id, some, now));
        let job = Job::Alert(Alert { tenant, user: saved.user, search: saved.id });
        let entries =
            state.platform.outbox().add(&mut transaction, QueueName::Search, tenant, &job, Some(now + DELAY))?;
        match transaction.commit().await? {
            Commit::Done => state.platform.outbox().send(entries).await,
            Commit::Refused(_) => return Err(Error::unavailable("somebody else tells of the same documents")),
        }
    }
    Ok(())
}
