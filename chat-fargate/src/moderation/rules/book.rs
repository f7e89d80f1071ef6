//! All rules of a tenant, ready to judge what somebody says. No I/O.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};
use uuid::Uuid;

use super::model::{Consequence, ContentRule, Match};
use crate::folding::{folded_letter, is_of_word};

/// The rules of a tenant.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Finds all words of all rules at once; `None` if there are none.
    words: Option<AhoCorasick>,
    /// What each of them stands for.
    meanings: Vec<Vec<Meaning>>,
    /// All words together, in bytes.
    size: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Meaning {
    /// Which one of the tenant's rules it is.
    place: usize,
    rule: Uuid,
    matching: Match,
    consequence: Consequence,
}

/// What becomes of what somebody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// What is sent.
    pub(crate) content: String,
    /// By which rule it is reported.
    pub(crate) reported: Option<Reported>,
}

/// That a rule reports what somebody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reported {
    pub(crate) rule: Uuid,
    /// As it was written, whatever is masked.
    pub(crate) said: String,
}

/// A text as words are looked for in it; each run of spaces is one.
struct Folded {
    text: String,
    /// For each byte of it the letter of the original, by its number.
    letters: Vec<usize>,
    /// Which letters of the original make words longer.
    of_word: Vec<bool>,
}

impl Folded {
    fn of(original: &str) -> Self {
        let of_word = original.chars().map(is_of_word).collect();
        let mut folded = Self { text: String::with_capacity(original.len()), letters: Vec::new(), of_word };
        for (number, letter) in original.chars().enumerate() {
            for letter in folded_letter(letter) {
                let letter = if letter.is_whitespace() { ' ' } else { letter };
                if letter != ' ' || !folded.text.ends_with(' ') {
                    folded.text.push(letter);
                    folded.letters.resize(folded.text.len(), number);
                }
            }
        }
        folded
    }

    /// Whether a match has whole letters of the original; and for a word, no other ones beside it.
    fn fits(&self, matching: Match, Range { start, end }: &Range<usize>) -> bool {
        let letter = |place: usize| self.letters.get(place).copied();
        let (before, first) = (start.checked_sub(1).and_then(letter), letter(*start));
        let (last, after) = (end.checked_sub(1).and_then(letter), letter(*end));
        let longer = |letter: Option<usize>| letter.and_then(|letter| self.of_word.get(letter)) == Some(&true);
        before != first && last != after && (matching == Match::Anywhere || !(longer(before) || longer(after)))
    }
}

/// A rule's word as it is looked for.
pub(super) fn folded_word(word: &str) -> String {
    Folded::of(word).text.trim().to_owned()
}

impl Book {
    /// The rules of a tenant, in their order: of two that report, the first one does.
    pub(super) fn new(rules: &[ContentRule]) -> Result<Self, BuildError> {
        let mut places: HashMap<String, usize> = HashMap::new();
        let (mut words, mut meanings): (Vec<String>, Vec<Vec<Meaning>>) = (Vec::new(), Vec::new());
        for (place, rule) in rules.iter().enumerate() {
            let ContentRule { id, matching, consequence, .. } = *rule;
            let meaning = Meaning { place, rule: id, matching, consequence };
            for word in rule.words.iter().map(|word| folded_word(word)) {
                let index = *places.entry(word).or_insert_with_key(|word| {
                    words.push(word.clone());
                    meanings.push(Vec::new());
                    words.len() - 1
                });
                if let Some(known) = meanings.get_mut(index).filter(|known| !known.contains(&meaning)) {
                    known.push(meaning);
                }
            }
        }
        let size = words.iter().map(String::len).sum();
        let words = if words.is_empty() { None } else { Some(AhoCorasick::new(words)?) };
        Ok(Self { words, meanings, size })
    }

    /// All words together, in bytes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// What becomes of a content; `None` if a rule refuses it.
    pub(super) fn judge(&self, content: &str) -> Option<Verdict> {
        let Some(words) = &self.words else { return Some(Verdict { content: content.to_owned(), reported: None }) };
        let folded = Folded::of(content);
        let (mut mask, mut reporting) = (Mask::of(&folded), None);
        for found in words.find_overlapping_iter(&folded.text) {
            let range = found.range();
            for meaning in self.meanings.get(found.pattern().as_usize()).into_iter().flatten() {
                if !folded.fits(meaning.matching, &range) {
                    continue;
                }
                match meaning.consequence {
                    Consequence::Refuse => return None,
                    Consequence::Mask => mask.cover(&range),
                    Consequence::Report => {
                        let first = reporting.filter(|first: &Meaning| first.place <= meaning.place);
                        reporting = first.or(Some(*meaning));
                    }
                }
            }
        }
        let reported = reporting.map(|meaning| Reported { rule: meaning.rule, said: content.to_owned() });
        Some(Verdict { content: mask.put_on(content), reported })
    }
}

/// What is to be masked, by how many matches begin and end at each byte of the folded text.
struct Mask<'a> {
    folded: &'a Folded,
    edges: Vec<i32>,
}

impl<'a> Mask<'a> {
    fn of(folded: &'a Folded) -> Self {
        Self { folded, edges: vec![0; folded.text.len() + 1] }
    }

    fn cover(&mut self, range: &Range<usize>) {
        for (place, change) in [(range.start, 1), (range.end, -1)] {
            if let Some(edge) = self.edges.get_mut(place) {
                *edge += change;
            }
        }
    }

    /// The original with `*` in the place of the letters. Spaces stay.
    fn put_on(&self, content: &str) -> String {
        let mut covered = vec![false; self.folded.of_word.len()];
        let mut depth = 0;
        for (edge, letter) in self.edges.iter().zip(&self.folded.letters) {
            depth += edge;
            if let Some(letter) = covered.get_mut(*letter).filter(|_| depth > 0) {
                *letter = true;
            }
        }
        let letters = content.chars().zip(covered);
        letters.map(|(letter, covered)| if covered && !letter.is_whitespace() { '*' } else { letter }).collect()
    }
}

#[cfg(test)]
mod tests;
