//! The rotation timer: publishes the next key a day ahead and removes retired ones.

use shared::Error;
use shared::auth::PublicKey;

use super::model::{NewKey, next_begins};
use super::{SigningKeys, store};

/// What a rotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// The generation that was published.
    pub published: Option<u32>,
    /// How many keys were removed.
    pub removed: usize,
}

impl SigningKeys {
    /// Publishes the next key if it is time, and removes keys whose last token has expired.
    /// May run twice at once: of two keys of one generation the second is refused.
    pub async fn rotate(&self) -> Result<Rotated, Error> {
        let mut rotated = Rotated::default();
        let now = self.clock.now();
        let keys = store::read_all(&self.table).await?;
        if let Some(begins) = next_begins(&keys, self.rotation, now) {
            let generation = keys.iter().map(|key| key.generation).max().unwrap_or(0) + 1;
            let next = tokio::task::spawn_blocking(move || NewKey::generate(generation, begins)).await;
            let next = next.map_err(Error::internal)??;
            if store::create(&self.table, &self.sealer, &next).await? {
                tracing::info!(key.id = next.public.kid, key.signs_from = %begins, "the next signing key was published");
                rotated.published = Some(generation);
            }
        }
        let kept: Vec<u32> = PublicKey::without_retired(keys.clone(), now).iter().map(|key| key.generation).collect();
        for key in keys.iter().filter(|key| !kept.contains(&key.generation)) {
            store::retire(&self.table, key).await?;
            tracing::info!(key.id = key.kid, "a retired signing key was removed");
            rotated.removed += 1;
        }
        self.forget();
        Ok(rotated)
    }
}
