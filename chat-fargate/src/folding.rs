//! Text as it is compared: without case, accents, and what nobody sees.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Arabic's stretched line between letters.
const TATWEEL: char = '\u{640}';

/// A letter as it is compared: Unicode's NFKD without accents, and case folded. May be several letters, or none.
pub(crate) fn folded_letter(letter: char) -> impl Iterator<Item = char> {
    let decomposed = std::iter::once(letter).nfkd().filter(|letter| !is_accent(*letter) && !is_unseen(*letter));
    // There and back again, so that what has several forms has one: σ and ς, ß and ss.
    decomposed.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// A text as it is compared.
pub(crate) fn folded(text: &str) -> String {
    text.chars().flat_map(folded_letter).collect()
}

/// Whether a letter makes a word longer: not signs, nor small raised ones (`²`, `ª`, `ʼ`).
pub(crate) fn is_of_word(letter: char) -> bool {
    let raised = matches!(letter, 'ª' | 'º')
        || matches!(category(letter), GeneralCategory::ModifierLetter | GeneralCategory::OtherNumber);
    letter.is_alphanumeric() && !raised
}

/// Accents of Latin, Greek and Cyrillic, and the vowel points of Hebrew and Arabic, by their combining class; and what is
/// drawn around letters. The vowels of Indic scripts, viramas and kana's voicing make other words.
fn is_accent(letter: char) -> bool {
    matches!(canonical_combining_class(letter), 1 | 10..=36 | 200..)
        || category(letter) == GeneralCategory::EnclosingMark
}

fn is_unseen(letter: char) -> bool {
    letter == TATWEEL
        || (letter.is_control() && !letter.is_whitespace())
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

fn category(letter: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_the_same_is_the_same() {
        for (one, other) in [("ΛΌΓΟΣ", "λογος"), ("GROẞ", "gross"), ("Dépp", "depp"), ("de\u{200d}p\u{3164}p", "DEPP")]
        {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        for (one, other) in [("ばか", "はか"), ("किल", "कूल")] {
            assert_ne!(folded(one), folded(other), "{one}");
        }
    }
}
