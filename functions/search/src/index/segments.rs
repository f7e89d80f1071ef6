//! Objects of segments in S3.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use lru::LruCache;
use shared::Error;
use shared::auth::TenantId;
use shared::config::{ConfigError, Env};
use shared::files::Bucket;
use shared::ids;
use shared::store::SdkConfig;
use tantivy::directory::OwnedBytes;
use uuid::Uuid;

use super::manifest::{Manifest, Object};

/// Objects on their way at a time.
const AT_ONCE: usize = 8;
/// An object that no manifest names is garbage after this long: before, it may be one that is about to be named.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// The bucket of all indexes, and what was read or written last of it.
#[derive(Clone)]
pub(crate) struct Segments {
    bucket: Bucket,
    recent: Arc<Mutex<Recent>>,
    most_bytes: usize,
}

/// Objects in memory, in the order of their last use.
struct Recent {
    objects: LruCache<Uuid, OwnedBytes>,
    bytes: usize,
}

/// Objects that are in memory.
pub(crate) type Fetched = HashMap<Uuid, OwnedBytes>;

impl Segments {
    pub(crate) fn from_env(env: &Env, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        let bucket = Bucket::from_env(env, sdk, "INDEX_BUCKET")?;
        let recent = Arc::new(Mutex::new(Recent { objects: LruCache::unbounded(), bytes: 0 }));
        Ok(Self { bucket, recent, most_bytes: cache_bytes(env)? })
    }

    fn name(tenant: TenantId, object: Uuid) -> String {
        format!("{tenant}/{object}")
    }

    /// Stores objects that are new.
    pub(crate) async fn put_all(&self, tenant: TenantId, objects: Vec<(Uuid, OwnedBytes)>) -> Result<(), Error> {
        let puts = objects.into_iter().map(|(id, bytes)| async move {
            self.bucket.put(&Self::name(tenant, id), "application/octet-stream", bytes.to_vec()).await?;
            self.remember(id, bytes);
            Ok(())
        });
        stream::iter(puts).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await.map(|_| ())
    }

    /// Everything that the manifest names; what is in memory is not fetched again.
    pub(crate) async fn fetch(&self, tenant: TenantId, manifest: &Manifest) -> Result<Fetched, Error> {
        // Collected first: a stream that maps borrowed objects is not `Send` to the compiler.
        let each: Vec<_> = manifest.objects().map(|object| self.get(tenant, object)).collect();
        stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, id: Uuid, bytes: OwnedBytes) {
        let mut recent = self.recent();
        recent.bytes += bytes.len();
        if let Some((_, replaced)) = recent.objects.push(id, bytes) {
            recent.bytes -= replaced.len();
        }
        while recent.bytes > self.most_bytes {
            let Some((_, gone)) = recent.objects.pop_lru() else { return };
            recent.bytes -= gone.len();
        }
    }

    async fn get(&self, tenant: TenantId, object: &Object) -> Result<(Uuid, OwnedBytes), Error> {
        let known = self.recent().objects.get(&object.id).cloned();
        if let Some(bytes) = known {
            return Ok((object.id, bytes));
        }
        let bytes = self.bucket.get(&Self::name(tenant, object.id)).await?;
        // Garbage of an index that has gone on meanwhile: whoever asks reads the manifest again.
        let bytes = bytes.ok_or_else(|| Error::unavailable("a segment is gone"))?;
        if bytes.len() == object.length() {
            let bytes = OwnedBytes::new(bytes);
            self.remember(object.id, bytes.clone());
            return Ok((object.id, bytes));
        }
        Err(Error::internal(format!("segment object {} has {} bytes", object.id, bytes.len())))
    }

    /// Whether everything that the manifest names is there, as long as it should be.
    pub(crate) async fn are_whole(&self, tenant: TenantId, manifest: &Manifest) -> Result<bool, Error> {
        let is_whole = |object: &Object| {
            let (name, length) = (Self::name(tenant, object.id), u64::try_from(object.length()).ok());
            async move { Ok(self.bucket.length(&name).await? == length) }
        };
        let each: Vec<_> = manifest.objects().map(is_whole).collect();
        let all: Vec<bool> = stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(all.into_iter().all(|is_whole| is_whole))
    }

    /// Deletes what none of these manifests names, and has not for a while. Says how much is left that is too young.
    pub(crate) async fn collect_garbage(
        &self,
        tenant: TenantId,
        manifests: &[&Manifest],
        now: Timestamp,
    ) -> Result<usize, Error> {
        let named: HashSet<Uuid> =
            manifests.iter().flat_map(|manifest| manifest.objects()).map(|object| object.id).collect();
        let old = (now - FRESH).as_millisecond();
        let prefix = format!("{tenant}/");
        let found = self.bucket.list(&prefix).await?.into_iter().filter_map(|name| {
            let id: Uuid = name.strip_prefix(&prefix)?.parse().ok()?;
            let made = ids::made_at_millis(&id)?;
            (!named.contains(&id)).then_some((name, made < old))
        });
        let (garbage, young): (Vec<_>, Vec<_>) = found.partition(|(_, is_old)| *is_old);
        let deletes: Vec<_> = garbage.iter().map(|(name, _)| self.bucket.delete(name)).collect();
        stream::iter(deletes).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(young.len())
    }
}

/// Reads `INDEX_CACHE_MB` (1..=10000, default 512).
pub(crate) fn cache_bytes(env: &Env) -> Result<usize, ConfigError> {
    let megabytes = env.number_or("INDEX_CACHE_MB", 512, 1..=10_000)?;
    Ok(usize::try_from(megabytes).unwrap_or(usize::MAX).saturating_mul(1024 * 1024))
}
