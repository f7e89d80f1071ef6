//! Rules about words.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use shared::http::AtMost;
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;
use uuid::Uuid;

use super::book::folded_word;

/// Words of one rule.
const MOST_WORDS: usize = 200;
/// Letters of one word, as it is written and as it is looked for.
const LONGEST_WORD: usize = 64;
/// Letters of a word that reports: shorter ones would copy what has nothing to do with them.
const SHORTEST_REPORTING: usize = 3;

/// Where a word is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Match {
    /// Between what is neither letter nor digit.
    #[default]
    Word,
    /// Also as a part of another word; for languages without spaces, too.
    Anywhere,
}

/// What happens to a message with one of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Consequence {
    /// It is `INVALID_MESSAGE`.
    Refuse,
    /// It is sent with `*` in the place of the word's letters.
    Mask,
    /// It is sent, and reported to the tenant's admins.
    Report,
}

/// A rule to be made, or how one is to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PutRule {
    /// For people.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Words or phrases of 1 to 64 characters, of 3 at least if they report; case and accents do not matter.
    #[garde(custom(some_words), inner(custom(word(self.consequence))))]
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 200)]
    words: AtMost<String, MOST_WORDS>,
    /// `word` if it is not given.
    #[serde(rename = "match", default)]
    #[schema(inline)]
    #[garde(skip)]
    matching: Match,
    #[serde(rename = "action")]
    #[schema(inline)]
    #[garde(skip)]
    consequence: Consequence,
}

fn some_words<C>(words: &AtMost<String, MOST_WORDS>, _: &C) -> garde::Result {
    refuse_unless(!words.0.is_empty(), "must hold a word")
}

fn word<C>(consequence: Consequence) -> impl FnOnce(&String, &C) -> garde::Result {
    move |text, _| {
        refuse_unless(text.chars().count() <= LONGEST_WORD, "must have at most 64 characters")?;
        let letters = folded_word(text).chars().count();
        let shortest = if consequence == Consequence::Report { SHORTEST_REPORTING } else { 1 };
        refuse_unless(letters >= shortest, "must hold a letter, a digit or a sign, and three of them to report")?;
        refuse_unless(letters <= LONGEST_WORD, "must have at most 64 letters when it is written out")
    }
}

/// A rule about words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContentRule {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) words: Vec<String>,
    #[serde(rename = "match")]
    #[schema(inline)]
    pub(crate) matching: Match,
    #[serde(rename = "action")]
    #[schema(inline)]
    pub(crate) consequence: Consequence,
    /// Who has made or changed it last.
    pub(crate) updated_by: UserId,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
}

/// What the log says of a rule: not its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RuleSummary {
    name: String,
    #[serde(rename = "match")]
    #[schema(inline)]
    matching: Match,
    #[serde(rename = "action")]
    #[schema(inline)]
    consequence: Consequence,
    /// How many words it has.
    words: usize,
}

impl From<&ContentRule> for RuleSummary {
    fn from(rule: &ContentRule) -> Self {
        let ContentRule { matching, consequence, .. } = *rule;
        Self { name: rule.name.clone(), matching, consequence, words: rule.words.len() }
    }
}

impl PutRule {
    /// The rule as `by` wants it.
    pub(super) fn into_rule(self, id: Uuid, updated_by: UserId, updated_at: Timestamp) -> ContentRule {
        let Self { name, words: AtMost(words), matching, consequence } = self;
        ContentRule { id, name, words, matching, consequence, updated_by, updated_at }
    }
}
