//! What a word matches in an index: itself, its stems, words that it begins, and words that it may be a misspelling of.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use tantivy::Term;
use tantivy::query::FuzzyTermQuery;

use crate::index::{Expansion, Matched, Open, Reading, STEM_MARK, Stem, Word, fields};

/// Words that begin with a word, at most.
const MOST_BEGUN: usize = 20;
/// Words that it may have been meant as, at most.
const MOST_MEANT: usize = 12;
/// Terms of one segment that are looked at.
const MOST_TERMS: usize = 5000;

/// A word's own form.
const EXACT: f32 = 1.0;
/// Another form of it.
const STEMMED: f32 = 0.9;
/// A word that it begins.
const BEGUN: f32 = 0.7;
/// A word with one letter that is other.
const ONE_EDIT: f32 = 0.5;
/// A word with two.
const TWO_EDITS: f32 = 0.3;

/// Texts with their weights.
type Weighted = Vec<(String, f32)>;

/// What `word` matches. Remembered for the index's version.
pub(crate) fn expand(open: &Open, word: &Word, reading: Reading) -> tantivy::Result<Arc<Expansion>> {
    let key = (word.lower.clone(), reading);
    let known = open.expansions.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let expansion = Arc::new(look_up(open, find(open, word, reading)?)?);
    open.expansions.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::clone(&expansion));
    Ok(expansion)
}

/// The terms that are in the index, with where they are.
fn look_up(open: &Open, texts: Weighted) -> tantivy::Result<Expansion> {
    let mut expansion = Expansion { terms: Vec::with_capacity(texts.len()), documents: 0 };
    for (text, weight) in texts {
        let count = |field| open.searcher.doc_freq(&Term::from_field_text(field, &text));
        let documents = count(fields().vocabulary)?;
        if documents == 0 {
            continue;
        }
        expansion.documents = expansion.documents.max(documents);
        let mut stands_in = Vec::new();
        for field in fields().texts() {
            if count(field)? > 0 {
                stands_in.push(field);
            }
        }
        expansion.terms.push(Matched { text, weight, fields: stands_in });
    }
    Ok(expansion)
}

fn find(open: &Open, word: &Word, reading: Reading) -> tantivy::Result<Weighted> {
    let mut found: Weighted = vec![(word.folded.clone(), EXACT)];
    found.extend(Stem::all(&open.manifest.languages).iter().map(|stem| (stem.term(word), STEMMED)));
    if reading == Reading::Exact {
        return Ok(found);
    }
    let is_open = reading == Reading::Open;
    let edits = allowed_edits(&word.folded);
    if is_open {
        let begun = terms(open, &word.folded, 0, true)?;
        found.extend(most_frequent(begun, MOST_BEGUN).into_iter().map(|term| (term, BEGUN)));
    }
    if edits > 0 {
        let near = terms(open, &word.folded, edits, is_open && edits < 2)?;
        let by_edits = |wanted: usize, weight: f32, near: &HashMap<String, u64>| -> Weighted {
            let of = |term: &&String| distance(&word.folded, term, is_open) == wanted;
            let near = near.iter().filter(|(term, _)| of(term)).map(|(term, count)| (term.clone(), *count)).collect();
            most_frequent(near, MOST_MEANT).into_iter().map(|term| (term, weight)).collect()
        };
        let mut meant = by_edits(1, ONE_EDIT, &near);
        if edits > 1 {
            meant.extend(by_edits(2, TWO_EDITS, &near));
        }
        meant.truncate(MOST_MEANT);
        found.extend(meant);
    }
    // The best weight of each term counts.
    let mut seen = std::collections::HashSet::new();
    found.retain(|(term, _)| seen.insert(term.clone()));
    Ok(found)
}

/// Edits that a word may have: 1 from 4 letters, 2 from 8.
pub(crate) fn allowed_edits(word: &str) -> u8 {
    match word.chars().count() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// Words of the index that are near to this one, with the number of their documents.
fn terms(open: &Open, word: &str, edits: u8, is_prefix: bool) -> tantivy::Result<HashMap<String, u64>> {
    let term = Term::from_field_text(fields().vocabulary, word);
    let query =
        if is_prefix { FuzzyTermQuery::new_prefix(term, edits, true) } else { FuzzyTermQuery::new(term, edits, true) };
    let mut found: HashMap<String, u64> = HashMap::new();
    for segment in open.searcher.segment_readers() {
        let index = segment.inverted_index(fields().vocabulary)?;
        let mut stream = index.terms().search(query.automaton()?).into_stream()?;
        let mut looked_at = 0;
        while looked_at < MOST_TERMS && stream.advance() {
            looked_at += 1;
            let Ok(text) = std::str::from_utf8(stream.key()) else { continue };
            if !text.starts_with(STEM_MARK) && text != word {
                *found.entry(text.to_owned()).or_default() += u64::from(stream.value().doc_freq);
            }
        }
    }
    Ok(found)
}

fn most_frequent(terms: HashMap<String, u64>, most: usize) -> Vec<String> {
    let mut terms: Vec<(String, u64)> = terms.into_iter().collect();
    terms.sort_unstable_by(|(a, many_a), (b, many_b)| many_b.cmp(many_a).then_with(|| a.cmp(b)));
    terms.into_iter().take(most).map(|(term, _)| term).collect()
}

/// Edits between two words (Damerau–Levenshtein, optimal string alignment); of an open one, to the nearest beginning.
fn distance(from: &str, to: &str, is_open: bool) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![(0..=to.len()).collect::<Vec<usize>>()];
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let change = rows[i][j] + usize::from(a != b);
            let mut best = change.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    let last = &rows[from.len()];
    if is_open { last.iter().copied().min().unwrap_or(0) } else { last[to.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (from, to, open, edits) in [
            ("festival", "festival", false, 0),
            ("festivl", "festival", false, 1),
            ("fesitval", "festival", false, 1),
            ("fesitvl", "festival", false, 2),
            ("festvi", "festival", true, 1),
            ("", "abc", false, 3),
        ] {
            assert_eq!(distance(from, to, open), edits, "{from} {to}");
        }
        assert_eq!([3, 4, 7, 8].map(|length| allowed_edits(&"x".repeat(length))), [0, 1, 1, 2]);
    }
}
