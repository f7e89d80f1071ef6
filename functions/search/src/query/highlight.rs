//! Where a result matches, marked.

use std::collections::HashSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::documents::Document;
use crate::index::{Stem, Word, words};

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

/// Marks the words of `document` that are among `terms`.
pub(crate) fn highlight(document: &Document, terms: &HashSet<String>, default_language: &str) -> Highlights {
    let stem = Stem::of(document.language.as_deref().unwrap_or(default_language));
    let matches = |word: &Word| {
        terms.contains(&word.folded)
            || word.spelled_out().is_some_and(|spelled| terms.contains(&spelled))
            || stem.as_ref().is_some_and(|stem| terms.contains(&stem.term(word)))
    };
    let whole = |text: &String| mark(text, &matches);
    Highlights {
        title: whole(&document.title),
        description: document.description.as_ref().and_then(|text| mark(best_part(text, &matches), &matches)),
        city: document.city.as_ref().and_then(whole),
        tags: document.tags.0.iter().filter_map(whole).collect(),
    }
}

/// The text with its matching words marked; `None` if there are none.
fn mark(text: &str, matches: &impl Fn(&Word) -> bool) -> Option<String> {
    let (mut marked, mut done, mut any) = (String::with_capacity(text.len() + 16), 0, false);
    for word in words(text).iter().filter(|word| matches(word)) {
        any = true;
        escape(&text[done..word.from], &mut marked);
        marked.push_str("<em>");
        escape(&text[word.from..word.to], &mut marked);
        marked.push_str("</em>");
        done = word.to;
    }
    escape(&text[done..], &mut marked);
    any.then_some(marked)
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

/// The part of a long text with the most matches, in whole words.
fn best_part<'t>(text: &'t str, matches: &impl Fn(&Word) -> bool) -> &'t str {
    if text.len() <= PART {
        return text;
    }
    let found: Vec<usize> = words(text).iter().filter(|word| matches(word)).map(|word| word.from).collect();
    let (mut first, mut most, mut end) = (0, 0, 0);
    for (begin, from) in found.iter().enumerate() {
        while found.get(end).is_some_and(|at| *at < from + PART) {
            end += 1;
        }
        if end - begin > most {
            (first, most) = (*from, end - begin);
        }
    }
    // Some words before it, so that it can be understood.
    let from = text.floor_char_boundary(first.saturating_sub(PART / 4));
    let from = if from == 0 { 0 } else { text[from..first].find(' ').map_or(first, |at| from + at + 1) };
    let to = text.floor_char_boundary((from + PART).min(text.len()));
    let to = if to == text.len() { to } else { text[from..to].rfind(' ').map_or(to, |at| from + at) };
    &text[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_matches_is_marked_and_all_else_is_escaped() {
        let matches = |word: &Word| word.folded == "jazz";
        assert_eq!(
            mark("<b>Jazz</b> & more", &matches).as_deref(),
            Some("&lt;b&gt;<em>Jazz</em>&lt;/b&gt; &amp; more")
        );
        assert_eq!(mark("nothing", &matches), None);
        let long = format!("{} here is jazz and more jazz {}", "word ".repeat(100), "other ".repeat(100));
        let part = best_part(&long, &matches);
        assert!(part.contains("jazz and more jazz") && part.len() <= PART, "{part}");
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_becomes_a_tag(text in "[<>&\"'a jz]{0,300}") {
            let marked = mark(&text, &|word: &Word| word.folded == "a").unwrap_or_default();
            let rest = marked.replace("<em>", "").replace("</em>", "");
            prop_assert!(!rest.contains(['<', '>', '"', '\'']));
        }

        #[test]
        fn every_text_has_a_best_part(text in "\\PC{0,600}") {
            let part = best_part(&text, &|word: &Word| word.folded.len() > 3);
            prop_assert!(text.contains(part));
        }
    }
}
