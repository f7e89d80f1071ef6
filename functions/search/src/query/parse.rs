//! What somebody types: words, `"phrases"`, and `-exclusions`.

use crate::index::{Word, words};

/// Words of a query that count; further ones are ignored.
const MOST: usize = 16;

/// A query in its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// What is to be there, word by word.
    pub(crate) words: Vec<Word>,
    /// Words that are to stand side by side.
    pub(crate) phrases: Vec<Vec<Word>>,
    /// What is not to be there; a phrase if it has several words.
    pub(crate) excluded: Vec<Vec<Word>>,
    /// Whether the last word may be the beginning of one.
    pub(crate) is_open: bool,
    /// Whether words are taken as they are, with their forms and without their misspellings.
    pub(crate) is_exact: bool,
    /// What is wanted, without signs, for its meaning.
    pub(crate) meaning: String,
}

/// Takes a query apart. Every text is a query; one without words wants nothing.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut rest = text;
    let mut is_start = true;
    while let Some(first) = rest.chars().next() {
        let is_exclusion = first == '-' && is_start && !rest[1..].starts_with([' ', '-']) && rest.len() > 1;
        let piece = if is_exclusion { &rest[1..] } else { rest };
        let (found, is_phrase, left) = take(piece);
        if is_exclusion {
            parsed.excluded.extend((!found.is_empty()).then_some(words(found)));
        } else {
            parsed.add(found, is_phrase, left);
        }
        is_start = left.starts_with(char::is_whitespace) || is_phrase;
        rest = left.trim_start_matches(char::is_whitespace);
    }
    parsed.excluded.retain(|words| !words.is_empty());
    parsed.words.truncate(MOST);
    parsed.phrases.truncate(MOST);
    parsed.excluded.truncate(MOST);
    parsed.is_open &= text.chars().next_back().is_some_and(char::is_alphanumeric);
    parsed
}

/// The next phrase without its quotes, or everything up to a space or a quote; and what is left.
fn take(text: &str) -> (&str, bool, &str) {
    if let Some(inner) = text.strip_prefix(['"', '“', '„'])
        && let Some(end) = inner.find(['"', '”', '“'])
    {
        let close = inner[end..].chars().next().map_or(0, char::len_utf8);
        return (&inner[..end], true, &inner[end + close..]);
    }
    let first = text.chars().next().map_or(0, char::len_utf8);
    let end =
        text[first..].find(|letter: char| letter.is_whitespace() || letter == '"').map_or(text.len(), |at| first + at);
    (&text[..end], false, &text[end..])
}

impl Parsed {
    fn add(&mut self, text: &str, is_phrase: bool, left: &str) {
        let found = words(text);
        self.meaning.push_str(text);
        self.meaning.push(' ');
        if is_phrase && found.len() > 1 {
            self.phrases.push(found);
        } else {
            self.is_open = !is_phrase && !found.is_empty() && left.is_empty();
            self.words.extend(found);
        }
    }

    /// For whoever does not look at the results: what is merely near would disturb.
    pub(crate) fn exact(self) -> Self {
        Self { is_open: false, is_exact: true, ..self }
    }

    /// Whether nothing is asked for by words.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty() && self.excluded.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> (Vec<String>, Vec<String>, Vec<String>, bool) {
        let joined = |words: &Vec<Word>| words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join("+");
        let parsed = parse(text);
        let words = parsed.words.iter().map(|word| word.folded.clone()).collect();
        (
            words,
            parsed.phrases.iter().map(joined).collect(),
            parsed.excluded.iter().map(joined).collect(),
            parsed.is_open,
        )
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn words_phrases_and_exclusions_are_told_apart() {
        type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str], bool);
        let cases: [Case; 11] = [
            ("jazz night", &["jazz", "night"], &[], &[], true),
            ("jazz night ", &["jazz", "night"], &[], &[], false),
            ("\"late night\" jazz", &["jazz"], &["late+night"], &[], true),
            ("jazz -free -\"open air\"", &["jazz"], &[], &["free", "open+air"], false),
            ("stand-up", &["stand", "up"], &[], &[], true),
            ("\"jazz\"", &["jazz"], &[], &[], false),
            ("\"not closed", &["not", "closed"], &[], &[], true),
            ("a - b", &["a", "b"], &[], &[], true),
            ("-", &[], &[], &[], false),
            ("--x", &["x"], &[], &[], true),
            ("„Wiener Blut“ -oper", &[], &["wiener+blut"], &["oper"], false),
        ];
        for (text, words, phrases, excluded, open) in cases {
            assert_eq!(shown(text), (texts(words), texts(phrases), texts(excluded), open), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_text_is_a_query(text in "\\PC{0,100}") {
            let parsed = parse(&text);
            prop_assert!(parsed.words.len() <= MOST);
        }

        #[test]
        fn signs_do_not_break_it(text in "[-\" a„“”é]{0,30}") {
            parse(&text);
        }
    }
}
