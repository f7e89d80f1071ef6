//! Words that say nothing in their language, like `the` and `und`.

use std::collections::HashMap;
use std::sync::LazyLock;

use tantivy::tokenizer::{Language, RawTokenizer, StopWordFilter, TextAnalyzer};

/// tantivy's lists, by language.
static LISTS: LazyLock<HashMap<&str, TextAnalyzer>> = LazyLock::new(|| {
    let languages = [
        ("da", Language::Danish),
        ("de", Language::German),
        ("en", Language::English),
        ("es", Language::Spanish),
        ("fi", Language::Finnish),
        ("fr", Language::French),
        ("hu", Language::Hungarian),
        ("it", Language::Italian),
        ("nl", Language::Dutch),
        ("no", Language::Norwegian),
        ("pt", Language::Portuguese),
        ("ru", Language::Russian),
        ("sv", Language::Swedish),
    ];
    let list = |(tag, language)| {
        let filter = StopWordFilter::new(language)?;
        Some((tag, TextAnalyzer::builder(RawTokenizer::default()).filter(filter).build()))
    };
    languages.into_iter().filter_map(list).collect()
});

/// The lists of some languages.
pub(crate) struct StopWords(Vec<TextAnalyzer>);

impl StopWords {
    /// Of those languages that there are lists of.
    pub(crate) fn of<'a>(languages: impl IntoIterator<Item = &'a String>) -> Self {
        Self(languages.into_iter().filter_map(|language| LISTS.get(language.as_str()).cloned()).collect())
    }

    /// Whether the word, in small letters, is on one of them.
    pub(crate) fn contain(&mut self, word: &str) -> bool {
        self.0.iter_mut().any(|list| !list.token_stream(word).advance())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_language_has_its_own() {
        let languages = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<BTreeSet<String>>();
        let mut both = StopWords::of(&languages(&["en", "de"]));
        assert!(both.contain("the") && both.contain("und") && !both.contain("jazz"));
        assert!(!StopWords::of(&languages(&["en"])).contain("und"));
        assert!(!StopWords::of(&languages(&["ja"])).contain("the"));
    }
}
