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
use serde_json::Value;

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
