//! All rules of a tenant, ready to judge what somebody says. No I/O.

use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError};
use shared::http::rules::is_unseen;
use uuid::Uuid;

use super::model::{Consequence, ContentRule, Match};
use crate::folding::folded_letter;

/// The rules of a tenant.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Finds all words of all rules at once; `None` if there are none.
    words: Option<AhoCorasick>,
    /// What each of them stands for.
    meanings: Vec<Meaning>,
}

#[derive(Debug)]
struct Meaning {
    rule: Uuid,
    matching: Match,
    consequence: Consequence,
}

/// What becomes of what somebody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// What is sent.
    pub(crate) content: String,
    /// The rule that reports it.
    pub(crate) reported_by: Option<Uuid>,
}

/// A text as words are looked for in it: without case, accents and letters that nobody sees, each run of spaces one.
#[derive(Debug, Default)]
struct Folded {
    text: String,
    /// For each byte of it the letter of the original, by its number.
    letters: Vec<usize>,
}

impl Folded {
    fn of(original: &str) -> Self {
        let mut folded = Self::default();
        for (number, letter) in original.chars().enumerate().filter(|(_, letter)| !is_unseen(*letter)) {
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

    /// Whether it stands between what is neither letter nor digit.
    fn is_word(&self, Range { start, end }: Range<usize>) -> bool {
        let before = self.text.get(..start).and_then(|text| text.chars().next_back());
        let after = self.text.get(end..).and_then(|text| text.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    }
}

/// A rule's word as it is looked for.
pub(super) fn folded_word(word: &str) -> String {
    Folded::of(word).text.trim().to_owned()
}

impl Book {
    /// The rules of a tenant, in their order: of two that report, the first one does.
    pub(super) fn new(rules: &[ContentRule]) -> Result<Self, BuildError> {
        let all = || rules.iter().flat_map(|rule| rule.words.iter().map(move |word| (rule, word)));
        let meaning = |(rule, _): (&ContentRule, &String)| Meaning {
            rule: rule.id,
            matching: rule.matching,
            consequence: rule.consequence,
        };
        let meanings: Vec<Meaning> = all().map(meaning).collect();
        let words = all().map(|(_, word)| folded_word(word));
        let words = if meanings.is_empty() { None } else { Some(AhoCorasick::new(words)?) };
        Ok(Self { words, meanings })
    }

    /// What becomes of a content; `None` if a rule refuses it.
    pub(super) fn judge(&self, content: &str) -> Option<Verdict> {
        let mut verdict = Verdict { content: content.to_owned(), reported_by: None };
        let Some(words) = &self.words else { return Some(verdict) };
        let folded = Folded::of(content);
        let (mut masked, mut reporting) = (Vec::new(), None);
        for found in words.find_overlapping_iter(&folded.text) {
            let place = found.pattern().as_usize();
            let Some(meaning) = self.meanings.get(place) else { continue };
            if meaning.matching == Match::Word && !folded.is_word(found.range()) {
                continue;
            }
            match meaning.consequence {
                Consequence::Refuse => return None,
                Consequence::Mask => masked.extend_from_slice(folded.letters.get(found.range()).unwrap_or_default()),
                Consequence::Report => reporting = Some(reporting.map_or(place, |first: usize| first.min(place))),
            }
        }
        verdict.reported_by = reporting.and_then(|place| self.meanings.get(place)).map(|meaning| meaning.rule);
        if !masked.is_empty() {
            verdict.content = mask(content, masked);
        }
        Some(verdict)
    }
}

/// The text with `*` in the place of letters, by their numbers. Spaces stay.
fn mask(content: &str, mut numbers: Vec<usize>) -> String {
    numbers.sort_unstable();
    numbers.dedup();
    let mut numbers = numbers.into_iter().peekable();
    let mask = |(number, letter): (usize, char)| {
        let masked = numbers.next_if_eq(&number).is_some() && !letter.is_whitespace();
        if masked { '*' } else { letter }
    };
    content.chars().enumerate().map(mask).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use shared::auth::UserId;

    use super::*;

    fn rule(id: u128, words: &[&str], matching: Match, consequence: Consequence) -> ContentRule {
        ContentRule {
            id: Uuid::from_u128(id),
            name: "x".to_owned(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            matching,
            consequence,
            updated_by: UserId(Uuid::nil()),
            updated_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn judged(rules: &[ContentRule], content: &str) -> Option<String> {
        Book::new(rules).unwrap().judge(content).map(|verdict| verdict.content)
    }

    #[test]
    fn words_are_found_whatever_they_wear() {
        let rules = [rule(1, &["Depp", "böses  wort"], Match::Word, Consequence::Refuse)];
        for refused in
            ["depp", "Du DEPP!", "ｄｅｐｐ", "de\u{200b}pp", "dépp", "(depp)", "boses \n wort", "x BÖSES WORT"]
        {
            assert_eq!(judged(&rules, refused), None, "{refused}");
        }
        for fine in ["", "deppert", "Oberdepp", "böses", "böse swort", "depp1"] {
            assert_eq!(judged(&rules, fine).as_deref(), Some(fine), "{fine}");
        }
        assert_eq!(judged(&[rule(1, &["驴"], Match::Anywhere, Consequence::Refuse)], "你这头驴啊"), None);
    }

    #[test]
    fn a_mask_covers_the_letters_that_were_written() {
        let rules = [
            rule(1, &["damn", "damn you"], Match::Word, Consequence::Mask),
            rule(2, &["ffi"], Match::Anywhere, Consequence::Mask),
        ];
        for (said, sent) in [
            ("Oh DÄMN  you, friend", "Oh ****  ***, friend"),
            ("goddamn", "goddamn"),
            ("eﬃcient", "e*cient"),
            ("so da\u{ad}mn 🎉 good", "so **\u{ad}** 🎉 good"),
        ] {
            assert_eq!(judged(&rules, said).as_deref(), Some(sent));
        }
    }

    #[test]
    fn the_first_rule_reports_and_a_refusal_goes_before() {
        let report = |id, word| rule(id, &[word], Match::Word, Consequence::Report);
        let rules = [report(1, "two"), report(2, "one"), rule(3, &["three"], Match::Word, Consequence::Refuse)];
        let book = Book::new(&rules).unwrap();
        assert_eq!(book.judge("one two").unwrap().reported_by, Some(Uuid::from_u128(1)));
        assert_eq!(book.judge("one").unwrap().reported_by, Some(Uuid::from_u128(2)));
        assert_eq!(book.judge("zero").unwrap().reported_by, None);
        assert_eq!(book.judge("one two three"), None);
    }

    proptest! {
        #[test]
        fn a_mask_changes_no_other_letter(said in "\\PC{0,60}", word in "\\PC{1,3}") {
            prop_assume!(!folded_word(&word).is_empty());
            let sent = judged(&[rule(1, &[&word], Match::Anywhere, Consequence::Mask)], &said).unwrap();
            prop_assert_eq!(sent.chars().count(), said.chars().count());
            prop_assert!(said.chars().zip(sent.chars()).all(|(said, sent)| said == sent || sent == '*'));
        }

        #[test]
        fn a_word_finds_itself(word in "\\PC{1,20}") {
            prop_assume!(!folded_word(&word).is_empty());
            prop_assert_eq!(judged(&[rule(1, &[&word], Match::Anywhere, Consequence::Refuse)], &word), None);
        }
    }
}
