//! What is said in each language.
//!
//! Phrases have slots: `{city}`, `{district}`, `{square}`, `{venue}`, `{artist}`, `{topic}`; names have
//! `{city}`, `{first}`, `{last}`, `{noun}`, `{district}`.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod pt;

pub(super) use de::DE;
pub(super) use en::EN;
pub(super) use es::ES;
pub(super) use fr::FR;
pub(super) use it::IT;
pub(super) use pt::PT;

type Texts = &'static [&'static str];

/// Of one language.
pub(super) struct Words {
    /// BCP 47.
    pub(super) code: &'static str,
    pub(super) firsts: Texts,
    pub(super) lasts: Texts,
    pub(super) nouns: Texts,
    /// In the order of `artists::Act`.
    pub(super) acts: [Named; 7],
    /// In the order of `venues::Kind`.
    pub(super) venues: [Named; 11],
    /// How the description of any event may end.
    pub(super) practical: Texts,
    /// How that of an event under a roof may end.
    pub(super) indoors: Texts,
    /// How that of an event under the sky may end.
    pub(super) outdoors: Texts,
    /// How that of an event without an age limit may end.
    pub(super) all_ages: Texts,
    /// How the description of any venue may end.
    pub(super) facilities: Texts,
    pub(super) culture: Culture,
    pub(super) town: Town,
}

/// How a kind of venue or artist is called and described.
pub(super) struct Named {
    pub(super) names: Texts,
    pub(super) sentences: Texts,
    pub(super) tags: Texts,
}

/// How a kind of event is called and described.
pub(super) struct Phrases {
    pub(super) titles: Texts,
    pub(super) topics: Texts,
    pub(super) sentences: Texts,
    pub(super) tags: Texts,
}

/// What people go to see and hear.
pub(super) struct Culture {
    pub(super) jazz: Phrases,
    pub(super) techno: Phrases,
    pub(super) classical: Phrases,
    pub(super) rock: Phrases,
    pub(super) theatre: Phrases,
    pub(super) comedy: Phrases,
    pub(super) exhibition: Phrases,
    pub(super) film: Phrases,
}

/// What else a town has.
pub(super) struct Town {
    pub(super) food: Phrases,
    pub(super) wine: Phrases,
    pub(super) crafts: Phrases,
    pub(super) christmas: Phrases,
    pub(super) street: Phrases,
    pub(super) family: Phrases,
    pub(super) football: Phrases,
    pub(super) running: Phrases,
    pub(super) yoga: Phrases,
    pub(super) hiking: Phrases,
    pub(super) tech: Phrases,
    pub(super) medical: Phrases,
    pub(super) startup: Phrases,
}

/// The text with its slots filled and its first letter in upper case.
pub(super) fn fill(text: &str, slots: &[(&str, &str)]) -> String {
    let filled = slots.iter().fold(text.to_owned(), |text, (slot, value)| text.replace(&format!("{{{slot}}}"), value));
    let mut letters = filled.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
