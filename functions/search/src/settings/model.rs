//! Settings and their rules.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::http::AtMost;
use shared::http::rules::{language_tag, refuse_unless};
use utoipa::ToSchema;

use crate::index::words;

/// Bytes of all settings as JSON: a row of the store is 400 KB.
const LARGEST: usize = 256 * 1024;
/// Words of one synonym.
const LONGEST: usize = 4;

/// What a tenant decides of its searches. A change counts after some seconds, and needs no reindex but for
/// `default_language`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(custom(fits))]
pub(crate) struct Settings {
    /// At most 500 groups of words (of up to four words each) that mean the same.
    #[garde(inner(custom(group)))]
    #[schema(value_type = Vec<Vec<String>>, max_items = 500)]
    pub(crate) synonyms: AtMost<AtMost<String, 20>, 500>,
    /// At most 500 words that say nothing: a query need not match them.
    #[garde(inner(custom(one_word)))]
    #[schema(value_type = Vec<String>, max_items = 500)]
    pub(crate) stop_words: AtMost<String, 500>,
    #[garde(dive)]
    pub(crate) boosts: Boosts,
    /// BCP 47: the language of documents that do not name theirs.
    #[garde(length(max = 35), custom(language_tag))]
    pub(crate) default_language: String,
}

/// How much a match in each field counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(custom(something_counts))]
pub(crate) struct Boosts {
    #[garde(range(min = 0.0, max = 20.0))]
    pub(crate) title: f32,
    /// Of the category, too.
    #[garde(range(min = 0.0, max = 20.0))]
    pub(crate) tags: f32,
    #[garde(range(min = 0.0, max = 20.0))]
    pub(crate) city: f32,
    #[garde(range(min = 0.0, max = 20.0))]
    pub(crate) description: f32,
}

impl Default for Boosts {
    fn default() -> Self {
        Self { title: 4.0, tags: 2.5, city: 2.0, description: 1.0 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            synonyms: AtMost::default(),
            stop_words: AtMost::default(),
            boosts: Boosts::default(),
            default_language: "en".to_owned(),
        }
    }
}

fn fits<C>(settings: &Settings, _: &C) -> garde::Result {
    let size = serde_json::to_vec(settings).map_or(usize::MAX, |json| json.len());
    refuse_unless(size <= LARGEST, "must be at most 262144 bytes")
}

fn something_counts<C>(boosts: &Boosts, _: &C) -> garde::Result {
    let any = [boosts.title, boosts.tags, boosts.city, boosts.description].into_iter().any(|boost| boost > 0.0);
    refuse_unless(any, "must leave one field that counts")
}

fn group<C>(group: &AtMost<String, 20>, _: &C) -> garde::Result {
    let has_words = |text: &String| (1..=LONGEST).contains(&words(text).len()) && text.chars().count() <= 100;
    refuse_unless(
        group.0.len() >= 2 && group.0.iter().all(has_words),
        "must be groups of 2 to 20 entries of one to four words",
    )
}

fn one_word<C>(text: &str, _: &C) -> garde::Result {
    refuse_unless(words(text).len() == 1 && text.chars().count() <= 64, "must be single words")
}
