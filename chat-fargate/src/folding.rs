//! Text as it is compared: without case and accents.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A letter as it is compared: Unicode's NFKD without its marks, in lower case. May be several letters, or none.
pub(crate) fn folded_letter(letter: char) -> impl Iterator<Item = char> {
    std::iter::once(letter).nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase)
}

/// A text as it is compared.
pub(crate) fn folded(text: &str) -> String {
    text.chars().flat_map(folded_letter).collect()
}
