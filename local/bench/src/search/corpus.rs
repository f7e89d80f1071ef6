//! Documents that look like those of a tenant, the same ones in each run.

use fastrand::Rng;
use serde_json::{Value, json};

/// Different words.
const WORDS: usize = 30_000;
/// Zipf's law without the words that say nothing: the most frequent one is in every fourth document (Mandelbrot, 1953).
const SHIFT: f64 = 20.0;
const CITIES: usize = 300;
const CATEGORIES: usize = 40;
const TAGS: usize = 800;

const ONSETS: [&str; 20] =
    ["b", "br", "c", "ch", "d", "f", "g", "h", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v"];
const VOWELS: [&str; 7] = ["a", "e", "i", "o", "u", "ea", "io"];
const CODAS: [&str; 10] = ["", "", "", "n", "r", "l", "s", "t", "nd", "m"];
const ENDINGS: [&str; 6] = ["", "", "", "s", "ing", "ed"];

/// Words with how often they are used.
pub(super) struct Corpus {
    words: Vec<String>,
    /// The share of each word and of those before it.
    shares: Vec<f64>,
}

/// Something that can be found.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) city: String,
    /// As it is sent and stored.
    pub(super) json: Value,
}

impl Corpus {
    pub(super) fn new() -> Self {
        let mut rng = Rng::with_seed(1);
        let mut known = std::collections::HashSet::new();
        let mut words = Vec::with_capacity(WORDS);
        while words.len() < WORDS {
            let word = word(&mut rng);
            if word.len() > 3 && known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let mut shares = Vec::with_capacity(WORDS);
        let mut rank = SHIFT;
        for _ in 0..WORDS {
            rank += 1.0;
            sum += 1.0 / rank;
            shares.push(sum);
        }
        Self { words, shares }
    }

    fn draw(&self, rng: &mut Rng) -> &str {
        let share = rng.f64() * self.shares.last().copied().unwrap_or_default();
        let at = self.shares.partition_point(|sum| *sum < share);
        self.words.get(at).map_or("", String::as_str)
    }

    fn text(&self, rng: &mut Rng, words: std::ops::RangeInclusive<usize>) -> String {
        let count = rng.usize(words);
        (0..count).map(|_| self.draw(rng)).collect::<Vec<_>>().join(" ")
    }

    /// One of the words that are used least, for names.
    fn name(&self, number: usize) -> &str {
        self.words.get(WORDS - 1 - number).map_or("", String::as_str)
    }

    /// The document of this number.
    pub(super) fn document(&self, number: usize) -> Document {
        let mut rng = Rng::with_seed(1000 + u64::try_from(number).unwrap_or_default());
        let rng = &mut rng;
        let (title, description) = (self.text(rng, 3..=8), self.text(rng, 20..=60));
        let tags: Vec<String> =
            (0..rng.usize(1..=5)).map(|_| self.name(CITIES + CATEGORIES + rng.usize(..TAGS)).to_owned()).collect();
        let city = self.name(rng.usize(..CITIES)).to_owned();
        let (month, day, price) = (rng.u32(1..=12), rng.u32(1..=28), rng.u32(0..=200));
        let json = json!({
            "id": number.to_string(), "entity_type": "event", "language": "en",
            "title": title, "description": description, "tags": tags, "city": city,
            "category": self.name(CITIES + rng.usize(..CATEGORIES)),
            "country": self.name(CITIES + CATEGORIES + TAGS + rng.usize(..30)),
            "location": {"lat": rng.f64() * 140.0 - 70.0, "lng": rng.f64() * 360.0 - 180.0},
            "start_date": format!("2027-{month:02}-{day:02}T18:00:00Z"),
            "price_min": price, "price_max": price + 20, "currency": "EUR",
            "rating": 4.5, "popularity": rng.u32(0..=1000),
        });
        Document { title, description, tags, city, json }
    }
}

fn word(rng: &mut Rng) -> String {
    let mut word = String::new();
    for _ in 0..rng.usize(2..=3) {
        for sounds in [ONSETS.as_slice(), &VOWELS, &CODAS] {
            word.push_str(rng.choice(sounds).copied().unwrap_or_default());
        }
    }
    word.push_str(rng.choice(ENDINGS).unwrap_or_default());
    word
}
