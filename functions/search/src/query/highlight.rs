//! Where a result matches, marked.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::Serialize;
use utoipa::ToSchema;

use crate::documents::Document;
use crate::index::{Stem, Word, word_spans, words};

/// Characters of a description's part, about.
const PART: usize = 200;

/// A result's texts with `<em>` around what matches. Everything else is escaped, so they are safe as HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Highlights {
    /// The whole title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The part of the description that matches most.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    /// Those that match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}

/// Marks words that are among some terms, in all results of an answer: they have most words in common.
pub(crate) struct Highlighter<'a> {
    terms: &'a HashSet<String>,
    initials: Initials,
    default_language: &'a str,
    /// By language.
    stems: HashMap<String, ByLanguage>,
}

/// What is known of words of one language.
struct ByLanguage {
    stem: Option<Stem>,
    /// Whether a word, as it is written, is marked.
    matches: HashMap<String, bool>,
}

impl<'a> Highlighter<'a> {
    pub(crate) fn new(terms: &'a HashSet<String>, default_language: &'a str) -> Self {
        Self { terms, initials: Initials::of(terms), default_language, stems: HashMap::new() }
    }

    /// The document's texts with the words marked.
    pub(crate) fn highlight(&mut self, document: &Document) -> Highlights {
        let (language, terms) = (document.language.as_deref().unwrap_or(self.default_language), self.terms);
        if !self.stems.contains_key(language) {
            let unknown = ByLanguage { stem: Stem::of(language), matches: HashMap::new() };
            self.stems.insert(language.to_owned(), unknown);
        }
        let Some(words) = self.stems.get_mut(language) else { return Highlights::default() };
        let (initials, any_initial) = (&self.initials, words.stem.as_ref().is_some_and(|stem| !stem.keeps_initials()));
        let mut matches = |word: &str| (any_initial || initials.may_begin(word)) && words.match_any(word, terms);
        let mut whole = |text: &String| mark(text, &spans(text, &mut matches));
        Highlights {
            title: whole(&document.title),
            city: document.city.as_ref().and_then(&mut whole),
            tags: document.tags.0.iter().filter_map(&mut whole).collect(),
            description: document.description.as_ref().and_then(|text| {
                let found = spans(text, &mut matches);
                let part = best_part(text, &found);
                let inside = found.iter().filter(|span| part.start <= span.start && span.end <= part.end);
                let inside: Vec<Span> = inside.map(|span| span.start - part.start..span.end - part.start).collect();
                mark(&text[part], &inside)
            }),
        }
    }
}

impl ByLanguage {
    fn match_any(&mut self, text: &str, terms: &HashSet<String>) -> bool {
        if let Some(matches) = self.matches.get(text) {
            return *matches;
        }
        let is_one = |word: &Word| {
            terms.contains(&word.folded)
                || word.spelled_out().is_some_and(|spelled| terms.contains(&spelled))
                || self.stem.as_ref().is_some_and(|stem| terms.contains(&stem.term(word)))
        };
        let matches = words(text).iter().any(is_one);
        self.matches.insert(text.to_owned(), matches);
        matches
    }
}

/// What terms begin with: most words of a text are none of them, which is seen at once.
struct Initials([bool; 128]);

impl Initials {
    fn of(terms: &HashSet<String>) -> Self {
        let mut all = [false; 128];
        for term in terms {
            let first = Stem::without_mark(term).bytes().next();
            if let Some(initial) = first.and_then(|byte| all.get_mut(usize::from(byte))) {
                *initial = true;
            }
        }
        Self(all)
    }

    /// Whether a word may be one of the terms. What is not ASCII may have any form.
    fn may_begin(&self, word: &str) -> bool {
        let first = word.bytes().next().map_or(usize::MAX, |byte| usize::from(byte.to_ascii_lowercase()));
        self.0.get(first).copied().unwrap_or(true)
    }
}

/// Where a word is in its text, in bytes.
type Span = Range<usize>;

/// The words that match.
fn spans(text: &str, matches: &mut impl FnMut(&str) -> bool) -> Vec<Span> {
    word_spans(text).filter(|span| matches(&text[span.clone()])).collect()
}

/// The text with these words marked; `None` if there are none.
fn mark(text: &str, found: &[Span]) -> Option<String> {
    if found.is_empty() {
        return None;
    }
    let (mut marked, mut done) = (String::with_capacity(text.len() + 16), 0);
    for word in found {
        escape(&text[done..word.start], &mut marked);
        marked.push_str("<em>");
        escape(&text[word.clone()], &mut marked);
        marked.push_str("</em>");
        done = word.end;
    }
    escape(&text[done..], &mut marked);
    Some(marked)
}

fn escape(text: &str, into: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            other => into.push(other),
        }
    }
}

/// The part of a long text with the most of these words, in whole words.
fn best_part(text: &str, found: &[Span]) -> Span {
    if text.len() <= PART {
        return 0..text.len();
    }
    let (mut first, mut most, mut end) = (0, 0, 0);
    for (begin, span) in found.iter().enumerate() {
        while found.get(end).is_some_and(|next| next.start < span.start + PART) {
            end += 1;
        }
        if end - begin > most {
            (first, most) = (span.start, end - begin);
        }
    }
    // Some words before it, so that it can be understood.
    let from = text.floor_char_boundary(first.saturating_sub(PART / 4));
    let from = if from == 0 { 0 } else { text[from..first].find(' ').map_or(first, |at| from + at + 1) };
    let to = text.floor_char_boundary((from + PART).min(text.len()));
    let to = if to == text.len() { to } else { text[from..to].rfind(' ').map_or(to, |at| from + at) };
    from..to
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_matches_is_marked_and_all_else_is_escaped() {
        let marked = |text: &str| mark(text, &spans(text, &mut |word| word.eq_ignore_ascii_case("jazz")));
        let expected = Some("&lt;b&gt;<em>Jazz</em>&lt;/b&gt; &amp; more");
        assert_eq!(marked("<b>Jazz</b> & more").as_deref(), expected);
        assert_eq!(marked("nothing"), None);
        let long = format!("{} here is jazz and more jazz {}", "word ".repeat(100), "other ".repeat(100));
        let part = &long[best_part(&long, &spans(&long, &mut |word| word == "jazz"))];
        assert!(part.contains("jazz and more jazz") && part.len() <= PART, "{part}");
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_becomes_a_tag(text in "[<>&\"'a jz]{0,300}") {
            let marked = mark(&text, &spans(&text, &mut |word| word == "a")).unwrap_or_default();
            let rest = marked.replace("<em>", "").replace("</em>", "");
            prop_assert!(!rest.contains(['<', '>', '"', '\'']));
        }

        #[test]
        fn every_text_has_a_best_part(text in "\\PC{0,600}") {
            let part = best_part(&text, &spans(&text, &mut |word| word.len() > 3));
            prop_assert!(text.get(part).is_some());
        }
    }
}
