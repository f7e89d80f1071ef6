//! How rare words are: all terms that one word of a query matches count as that word.

use std::collections::HashMap;

use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

/// The index's own figures, with one number of documents for all terms of a word: a misspelling is rare, but it says no
/// more than the word that was meant.
pub(crate) struct Statistics<'a> {
    searcher: &'a Searcher,
    /// By the term's text.
    documents: HashMap<String, u64>,
}

impl<'a> Statistics<'a> {
    pub(crate) fn new(searcher: &'a Searcher) -> Self {
        Self { searcher, documents: HashMap::new() }
    }

    /// This term is one of a word that is in so many documents.
    pub(crate) fn counts(&mut self, term: &str, documents: u64) {
        let known = self.documents.entry(term.to_owned()).or_default();
        *known = documents.max(*known);
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.searcher.total_num_docs()
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let known = term.value().as_str().and_then(|text| self.documents.get(text)).copied();
        known.map_or_else(|| self.searcher.doc_freq(term), Ok)
    }
}
