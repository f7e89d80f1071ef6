//! Artists.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::places::{CITIES, City};
use super::present;
use super::random::Random;
use super::words::{Words, fill};

const COUNT: usize = 400;

/// What an artist does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Jazz,
    Dj,
    Ensemble,
    Band,
    Company,
    Comedian,
    Painter,
}

impl Act {
    const ALL: [Self; 7] =
        [Self::Jazz, Self::Dj, Self::Ensemble, Self::Band, Self::Company, Self::Comedian, Self::Painter];

    fn category_and_genre(self) -> (&'static str, &'static str) {
        match self {
            Self::Jazz => ("music", "jazz"),
            Self::Dj => ("music", "techno"),
            Self::Ensemble => ("music", "classical"),
            Self::Band => ("music", "rock"),
            Self::Company => ("theatre", "drama"),
            Self::Comedian => ("comedy", "stand-up"),
            Self::Painter => ("art", "contemporary"),
        }
    }

    /// How many belong to it, at least and at most.
    fn members(self) -> (u32, u32) {
        match self {
            Self::Jazz | Self::Band => (3, 5),
            Self::Ensemble => (2, 8),
            Self::Company => (4, 12),
            Self::Dj | Self::Comedian | Self::Painter => (1, 1),
        }
    }
}

/// An artist, as events need it.
pub(super) struct Artist {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) act: Act,
    pub(super) document: Value,
}

/// All of them, no name twice.
pub(super) fn artists() -> Vec<Artist> {
    let mut names = HashSet::new();
    (0..COUNT).map(|number| artist(number, &mut names)).collect()
}

fn artist(number: usize, names: &mut HashSet<String>) -> Artist {
    let mut random = Random::of(2, number);
    let city = &CITIES[random.index(CITIES.len())];
    let act = Act::ALL[number % Act::ALL.len()];
    let mut name = named(city.words, act, city, &mut random);
    for _ in 0..50 {
        if !names.contains(&name) {
            break;
        }
        name = named(city.words, act, city, &mut random);
    }
    names.insert(name.clone());
    let words = city.language(&mut random);
    let said = &words.acts[act as usize];
    let slots = [("artist", name.as_str()), ("city", city.named_in(words))];
    let count = random.between(1, 3);
    let sentences: Vec<_> = random.some(said.sentences, count).into_iter().map(|text| fill(text, &slots)).collect();
    let (category, genre) = act.category_and_genre();
    let (least, most) = act.members();
    let id = format!("artist-{:04}", number + 1);
    let document = present(json!({
        "id": id,
        "entity_type": "artist",
        "language": words.code,
        "title": name,
        "description": sentences.join(" "),
        "tags": random.some(said.tags, 3),
        "category": category,
        "location": city.place(&mut random),
        "city": city.name,
        "country": city.country,
        "rating": random.rating(),
        "popularity": random.popularity(),
        "attributes": {
            "genre": genre,
            "members": random.between(least, most),
            "active_since": random.between(1985, 2024),
        },
    }));
    Artist { id, name, act, document }
}

fn named(words: &Words, act: Act, city: &City, random: &mut Random) -> String {
    let slots = [
        ("first", random.pick(words.firsts)),
        ("last", random.pick(words.lasts)),
        ("noun", random.pick(words.nouns)),
        ("city", city.local),
    ];
    fill(random.pick(words.acts[act as usize].names), &slots)
}
