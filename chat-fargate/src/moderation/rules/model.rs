//! Rules about words.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::UserId;
use shared::http::AtMost;
use utoipa::ToSchema;
use uuid::Uuid;

use super::book::folded_word;

/// Words of one rule.
const MOST_WORDS: usize = 500;

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
    /// Words or phrases of 1 to 64 characters; case and accents do not matter.
    #[garde(custom(some_words), inner(length(chars, max = 64), custom(word)))]
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 500)]
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
    shared::http::rules::refuse_unless(!words.0.is_empty(), "must hold a word")
}

fn word<C>(text: &str, _: &C) -> garde::Result {
    shared::http::rules::refuse_unless(!folded_word(text).is_empty(), "must hold a letter, a digit or a sign")
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

impl PutRule {
    /// The rule as `by` wants it.
    pub(super) fn into_rule(self, id: Uuid, updated_by: UserId, updated_at: Timestamp) -> ContentRule {
        let Self { name, words: AtMost(words), matching, consequence } = self;
        ContentRule { id, name, words, matching, consequence, updated_by, updated_at }
    }
}
