//! What words match in an index, as far as somebody has looked.

use std::sync::{Arc, Mutex};

use lru::LruCache;
use tantivy::schema::Field;

/// What words match in one version of an index, the ones asked for last.
pub(crate) type Expansions = Mutex<LruCache<(String, Reading), Arc<Expansion>>>;

/// How a word is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reading {
    /// As it is, in its forms.
    Exact,
    /// It may be misspelt.
    Forgiving,
    /// It may be unfinished, too.
    Open,
}

/// What a word matches in one version of an index.
#[derive(Debug)]
pub(crate) struct Expansion {
    pub(crate) terms: Vec<Matched>,
    /// Documents of the most frequent of these.
    pub(crate) documents: u64,
}

/// A term of the index.
#[derive(Debug)]
pub(crate) struct Matched {
    pub(crate) text: String,
    /// How much it counts.
    pub(crate) weight: f32,
    /// Where it stands: not every word is in titles.
    pub(crate) fields: Vec<Field>,
}
