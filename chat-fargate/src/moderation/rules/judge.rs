//! What becomes of messages, by the rules that this node has read.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lru::LruCache;
use shared::Error;
use shared::auth::TenantId;
use shared::clock::Clock;
use shared::store::Table;
use tokio::task::spawn_blocking;

use super::book::{Book, Verdict};
use super::store::RuleStore;
use crate::error::ChatError;

/// How long a node goes by the rules that it has read.
const FRESH: SignedDuration = SignedDuration::from_secs(10);
/// Tenants whose rules are kept, and all their words together, in bytes.
const MOST_BOOKS: usize = 1000;
const MOST_BYTES: usize = 1_000_000;
/// Contents above so many bytes are judged off the async threads.
const LONG: usize = 1000;

/// The rules of every tenant.
pub(crate) struct Rules {
    pub(super) store: RuleStore,
    clock: Clock,
    shelf: Mutex<Shelf>,
}

/// A place for a tenant's book; whoever has to read it anew locks it, and the others wait.
type Place = Arc<tokio::sync::Mutex<Option<Known>>>;

struct Shelf {
    places: LruCache<TenantId, (Place, usize)>,
    bytes: usize,
}

/// What is known of a tenant's rules.
#[derive(Clone)]
struct Known {
    book: Arc<Book>,
    version: u64,
    read_at: Timestamp,
}

impl Rules {
    pub(crate) fn new(table: Table, clock: Clock) -> Self {
        let shelf =
            Shelf { places: LruCache::new(NonZeroUsize::new(MOST_BOOKS).unwrap_or(NonZeroUsize::MIN)), bytes: 0 };
        Self { store: RuleStore::new(table), clock, shelf: Mutex::new(shelf) }
    }

    /// What becomes of what somebody says in a tenant. Rules that another node has changed hold 10 s later here.
    ///
    /// # Errors
    /// [`ChatError::InvalidMessage`] if a rule refuses it.
    pub(crate) async fn judge(&self, tenant: TenantId, content: &str) -> Result<Verdict, ChatError> {
        let book = self.book(tenant).await?;
        let verdict = if content.len() < LONG || book.size() == 0 {
            book.judge(content)
        } else {
            let content = content.to_owned();
            spawn_blocking(move || book.judge(&content)).await.map_err(Error::internal)?
        };
        verdict.ok_or(ChatError::InvalidMessage("it holds a word that is not allowed here"))
    }

    async fn book(&self, tenant: TenantId) -> Result<Arc<Book>, Error> {
        let place = self.place(tenant);
        let mut known = place.lock().await;
        let now = self.clock.now();
        if let Some(fresh) = known.as_ref().filter(|known| now < known.read_at + FRESH) {
            return Ok(Arc::clone(&fresh.book));
        }
        // Before the rules: what is changed meanwhile is read the next time.
        let version = self.store.version(tenant).await?;
        let book = match known.take().filter(|known| known.version == version) {
            Some(same) => same.book,
            None if version == 0 => Arc::default(),
            None => {
                let rules = self.store.all(tenant).await?;
                let made = spawn_blocking(move || Book::new(&rules)).await.map_err(Error::internal)?;
                Arc::new(made.map_err(Error::internal)?)
            }
        };
        *known = Some(Known { book: Arc::clone(&book), version, read_at: now });
        self.weigh(tenant, book.size());
        Ok(book)
    }

    /// What was read of a tenant's rules does not hold any more.
    pub(super) fn changed(&self, tenant: TenantId) {
        self.shelf(|shelf| shelf.remove(tenant));
    }

    fn place(&self, tenant: TenantId) -> Place {
        self.shelf(|shelf| {
            if let Some((place, _)) = shelf.places.get(&tenant) {
                return Arc::clone(place);
            }
            let place = Place::default();
            if let Some((_, (_, size))) = shelf.places.push(tenant, (Arc::clone(&place), 0)) {
                shelf.bytes -= size;
            }
            place
        })
    }

    /// A book has so many bytes: the ones that were not used for longest go, so that all together do not have too many.
    fn weigh(&self, tenant: TenantId, size: usize) {
        self.shelf(|shelf| {
            if let Some((_, known)) = shelf.places.get_mut(&tenant) {
                shelf.bytes = shelf.bytes - *known + size;
                *known = size;
            }
            while shelf.bytes > MOST_BYTES && shelf.places.len() > 1 {
                let Some((_, (_, size))) = shelf.places.pop_lru() else { break };
                shelf.bytes -= size;
            }
        });
    }

    fn shelf<T>(&self, use_it: impl FnOnce(&mut Shelf) -> T) -> T {
        use_it(&mut self.shelf.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shelf {
    fn remove(&mut self, tenant: TenantId) {
        if let Some((_, size)) = self.places.pop(&tenant) {
            self.bytes -= size;
        }
    }
}
