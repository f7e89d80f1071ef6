//! Words of a text, the same ones when it is indexed and when it is searched for.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a stem begins with in the index, so that it is no word that somebody could type.
pub(crate) const STEM_MARK: char = '\u{1}';
/// Longer words are cut: nobody types them.
const LONGEST: usize = 64;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In small letters, without accents.
    pub(crate) folded: String,
    /// In small letters, with its accents, as stemmers want it.
    pub(crate) lower: String,
    /// Where it is in the text, in bytes.
    pub(crate) span: Range<usize>,
}

impl Word {
    fn new(text: &str, span: Range<usize>) -> Self {
        let lower = text[span.clone()].to_lowercase();
        let lower = if lower.len() > LONGEST { lower.chars().take(LONGEST).collect() } else { lower };
        Self { folded: fold(&lower), lower, span }
    }

    /// How else it is written where there are no umlauts: `muenchen`.
    pub(crate) fn spelled_out(&self) -> Option<String> {
        let spelled = |letter| match letter {
            'ä' => Some("ae"),
            'ö' => Some("oe"),
            'ü' => Some("ue"),
            _ => None,
        };
        if !self.lower.chars().any(|letter| spelled(letter).is_some()) {
            return None;
        }
        let whole: String = self
            .lower
            .chars()
            .flat_map(|letter| {
                spelled(letter).map_or_else(|| letter.to_string(), str::to_owned).chars().collect::<Vec<_>>()
            })
            .collect();
        Some(fold(&whole))
    }
}

/// The words of a text: runs of letters and digits; each sign of a script without spaces alone.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let all = word_spans(text).map(|span| Word::new(text, span));
    all.filter(|word| !word.folded.is_empty()).collect()
}

/// Where these are, in bytes.
pub(crate) fn word_spans(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].find(|letter| is_alone(letter) || letter.is_alphanumeric())?;
        let rest = &text[at..];
        let first = rest.chars().next()?;
        let goes_on = |letter: char| !is_alone(letter) && (letter.is_alphanumeric() || is_combining_mark(letter));
        let length =
            if is_alone(first) { first.len_utf8() } else { rest.find(|letter| !goes_on(letter)).unwrap_or(rest.len()) };
        let span = at..at + length;
        at = span.end;
        Some(span)
    })
}

/// Chinese and Japanese: signs that are words, or parts of words without spaces between them.
fn is_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}')
}

/// Small letters without accents.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            other if is_combining_mark(other) => {}
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(folded("Straßenfest, MÜNCHEN! Łódź"), ["strassenfest", "munchen", "lodz"]);
        assert_eq!(folded("l'Opéra O’Connor 2027"), ["l", "opera", "o", "connor", "2027"]);
        assert_eq!(folded("ＦＵＬＬ İstanbul ﬁne"), ["full", "istanbul", "fine"]);
        assert_eq!(folded("東京 jazz"), ["東", "京", "jazz"]);
        assert_eq!(words("München")[0].spelled_out().as_deref(), Some("muenchen"));
        assert_eq!(words("Munchen")[0].spelled_out(), None);
    }

    proptest! {
        #[test]
        fn words_stand_where_they_say(text in "\\PC{0,80}") {
            let found = words(&text);
            for word in &found {
                prop_assert!(!word.span.is_empty() && text.get(word.span.clone()).is_some());
                prop_assert_eq!(&fold(&word.folded), &word.folded);
            }
            prop_assert!(found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        }
    }
}
