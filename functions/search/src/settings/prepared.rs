//! Settings with what searches need of them, made once for all searches.

use std::collections::HashSet;

use super::model::Settings;
use crate::index::{Word, words};

/// Synonyms of one place in a query.
const MOST_SYNONYMS: usize = 20;

/// Settings, taken apart.
#[derive(Debug)]
pub(crate) struct Prepared {
    settings: Settings,
    pub(crate) synonyms: Synonyms,
    /// Words that say nothing, folded.
    pub(crate) stop_words: HashSet<String>,
}

impl Prepared {
    pub(crate) fn new(settings: Settings) -> Self {
        let stop_words = settings.stop_words.0.iter().flat_map(|word| words(word)).map(|word| word.folded).collect();
        Self { synonyms: Synonyms::new(&settings), stop_words, settings }
    }
}

impl std::ops::Deref for Prepared {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

/// What means the same, as words.
#[derive(Debug)]
pub(crate) struct Synonyms(Vec<Vec<Vec<Word>>>);

impl Synonyms {
    fn new(settings: &Settings) -> Self {
        Self(settings.synonyms.0.iter().map(|group| group.0.iter().map(|entry| words(entry)).collect()).collect())
    }

    /// How many of these words are one entry, the longest, and what means the same.
    pub(crate) fn at(&self, rest: &[Word]) -> (usize, Vec<Vec<Word>>) {
        let is_next = |entry: &Vec<Word>| {
            !entry.is_empty()
                && entry.len() <= rest.len()
                && entry.iter().zip(rest).all(|(word, next)| word.folded == next.folded)
        };
        let length = self.0.iter().flatten().filter(|entry| is_next(entry)).map(Vec::len).max().unwrap_or(1);
        let of_entry = |entry: &&Vec<Word>| entry.len() == length && is_next(entry);
        let groups = self.0.iter().filter(|group| group.iter().any(|entry| of_entry(&entry)));
        let mut others: Vec<Vec<Word>> = Vec::new();
        for entry in groups.flatten().filter(|entry| !of_entry(entry)) {
            if others.len() < MOST_SYNONYMS && !others.contains(entry) {
                others.push(entry.clone());
            }
        }
        (length, others)
    }
}
