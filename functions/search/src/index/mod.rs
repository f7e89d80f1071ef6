//! The index: one a tenant, of immutable segments in S3 and a manifest in the store.
//!
//! A reader sees one whole version or the next: the manifest is replaced by a conditional write, and what it names is
//! never changed.

mod analysis;
mod directory;
mod expansions;
mod manifest;
mod readers;
mod schema;
mod segments;
mod stemming;
mod stop_words;
mod store;
mod vectors;
mod writer;

pub(crate) use analysis::{STEM_MARK, Word, word_spans, words};
pub(crate) use expansions::{Expansion, Matched, Reading};
pub(crate) use manifest::Manifest;
pub(crate) use readers::{Open, Readers};
pub(crate) use schema::{Fields, attribute_key, attribute_values, fields, key_of};
pub(crate) use segments::{Fetched, Segments, cache_bytes};
pub(crate) use stemming::Stem;
pub(crate) use stop_words::StopWords;
pub(crate) use store::{Manifests, Which};
pub(crate) use vectors::{DIMENSIONS, Quantised, VectorColumn};
pub(crate) use writer::{Change, Made, may_be_merged, merge, write};
