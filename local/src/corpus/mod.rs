//! Documents to search in on a local platform: made up, plausible, and the same on every machine.

mod artists;
mod brands;
mod destinations;
mod events;
mod places;
mod random;
#[cfg(test)]
mod tests;
mod themes;
mod venues;
mod words;

use jiff::Timestamp;
use search::Search;
use serde_json::Value;
use shared::auth::TenantId;
use shared::clock::Clock;

use crate::seeds::{T1, T2};

/// Documents of one write.
const TOGETHER: usize = 1000;

/// Gives T1 and T2 their documents, unless they have them. What goes wrong is said, and stops nothing.
pub(crate) async fn ensure(search: Search, clock: Clock) {
    let documents = documents(clock.now());
    for tenant in [T1.id, T2.id] {
        for some in documents.chunks(TOGETHER) {
            if let Err(error) = search.ensure_documents(TenantId(tenant), some.to_vec()).await {
                tracing::warn!(error = crate::queues::cause(&error), "the seeded documents are not all there");
                return;
            }
        }
    }
}

/// About 3000 events, venues, artists, destinations and brands as `PUT /search/v1/documents` takes them.
///
/// The events begin from 60 days before `base` to 300 days after; nothing else depends on it.
pub(crate) fn documents(base: Timestamp) -> Vec<Value> {
    let venues = venues::venues();
    let artists = artists::artists();
    let mut documents = events::events(base, &venues, &artists);
    documents.extend(venues.into_iter().map(|venue| venue.document));
    documents.extend(artists.into_iter().map(|artist| artist.document));
    documents.extend(destinations::documents());
    documents.extend(brands::documents());
    documents
}

/// The object without the fields that are null.
fn present(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}
