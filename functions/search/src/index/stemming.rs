//! Stems of words, by language.

use std::collections::BTreeSet;

use frostem::{Algorithm, Stemmer};

use super::analysis::{STEM_MARK, Word, fold};

/// Letters of a language's tag.
const LANGUAGE: usize = 2;

/// Makes stems of one language.
pub(crate) struct Stem {
    language: &'static str,
    stemmer: Stemmer,
}

impl Stem {
    /// For a language by its tag; `None` if there are no rules for it.
    pub(crate) fn of(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let (language, algorithm) = match primary.as_str() {
            "ar" => ("ar", Algorithm::Arabic),
            "da" => ("da", Algorithm::Danish),
            "de" => ("de", Algorithm::German),
            "el" => ("el", Algorithm::Greek),
            "en" => ("en", Algorithm::English),
            "es" => ("es", Algorithm::Spanish),
            "fi" => ("fi", Algorithm::Finnish),
            "fr" => ("fr", Algorithm::French),
            "hu" => ("hu", Algorithm::Hungarian),
            "it" => ("it", Algorithm::Italian),
            "nl" => ("nl", Algorithm::Dutch),
            "no" | "nb" | "nn" => ("no", Algorithm::Norwegian),
            "pt" => ("pt", Algorithm::Portuguese),
            "ro" => ("ro", Algorithm::Romanian),
            "ru" => ("ru", Algorithm::Russian),
            "sv" => ("sv", Algorithm::Swedish),
            "ta" => ("ta", Algorithm::Tamil),
            "tr" => ("tr", Algorithm::Turkish),
            _ => return None,
        };
        Some(Self { language, stemmer: Stemmer::new(algorithm) })
    }

    /// For each of these languages that there are rules for.
    pub(crate) fn all(languages: &BTreeSet<String>) -> Vec<Self> {
        languages.iter().filter_map(|language| Self::of(language)).collect()
    }

    /// The language, as [`Manifest`](super::Manifest) knows it.
    pub(crate) fn language(&self) -> &'static str {
        self.language
    }

    /// Whether a stem begins as its word does; some languages have prefixes that go.
    pub(crate) fn keeps_initials(&self) -> bool {
        !matches!(self.language, "ar" | "nl" | "ta")
    }

    /// A term of the index without what marks it as a stem of a language.
    pub(crate) fn without_mark(term: &str) -> &str {
        term.strip_prefix(STEM_MARK).and_then(|stem| stem.get(LANGUAGE..)).unwrap_or(term)
    }

    /// The word's stem, as it stands in the index.
    pub(crate) fn term(&self, word: &Word) -> String {
        format!("{STEM_MARK}{}{}", self.language, fold(&self.stemmer.stem(&word.lower)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_of_a_word_have_one_stem_in_its_language() {
        let stem = |tag: &str, text: &str| Stem::of(tag).unwrap().term(&words(text)[0]);
        assert_eq!(stem("en", "Concerts"), stem("en-GB", "concert"));
        assert_eq!(stem("de", "Konzerte"), stem("de", "Konzert"));
        assert_eq!(stem("fr", "marchés"), stem("fr", "marché"));
        assert_ne!(stem("en", "concert"), stem("fr", "concert"));
        assert!(Stem::of("ja").is_none());
    }

    proptest! {
        #[test]
        fn a_stem_begins_as_its_word_does(text in "[a-zß-öа-яα-ω']{1,14}") {
            let tags = ["da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "no", "pt", "ro", "ru", "sv", "tr"];
            for stem in tags.into_iter().filter_map(Stem::of).filter(Stem::keeps_initials) {
                for word in words(&text).into_iter().filter(|word| word.lower.starts_with(|first: char| first.is_ascii())) {
                    let term = stem.term(&word);
                    let stem = Stem::without_mark(&term);
                    prop_assert_eq!(stem.chars().next(), word.folded.chars().next(), "{} {}", &word.lower, stem);
                }
            }
        }
    }
}
