//! Venues.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::places::{CITIES, City};
use super::present;
use super::random::Random;
use super::words::fill;

/// Of each city: more than there are kinds, so that every city has every kind.
const IN_A_CITY: usize = 18;

/// What a venue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Club,
    ConcertHall,
    Theatre,
    MarketHall,
    CongressCentre,
    Museum,
    Stadium,
    Studio,
    Cinema,
    Park,
    WineCellar,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::Club,
        Self::ConcertHall,
        Self::Theatre,
        Self::MarketHall,
        Self::CongressCentre,
        Self::Museum,
        Self::Stadium,
        Self::Studio,
        Self::Cinema,
        Self::Park,
        Self::WineCellar,
    ];

    fn category(self) -> &'static str {
        match self {
            Self::Club => "club",
            Self::ConcertHall => "concert hall",
            Self::Theatre => "theatre",
            Self::MarketHall => "market hall",
            Self::CongressCentre => "congress centre",
            Self::Museum => "museum",
            Self::Stadium => "stadium",
            Self::Studio => "studio",
            Self::Cinema => "cinema",
            Self::Park => "park",
            Self::WineCellar => "wine cellar",
        }
    }

    /// How many tens of people fit in, at least and at most.
    fn tens(self) -> (u32, u32) {
        match self {
            Self::Studio | Self::WineCellar => (2, 12),
            Self::Club | Self::Cinema => (8, 80),
            Self::Theatre | Self::Museum | Self::MarketHall => (15, 120),
            Self::ConcertHall | Self::CongressCentre => (40, 300),
            Self::Stadium | Self::Park => (200, 6000),
        }
    }

    fn indoor(self) -> bool {
        !matches!(self, Self::Stadium | Self::Park)
    }
}

/// A venue, as events need it.
pub(super) struct Venue {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) city: &'static City,
    pub(super) district: &'static str,
    pub(super) location: Value,
    pub(super) document: Value,
}

/// All of them; no city has a name twice.
pub(super) fn venues() -> Vec<Venue> {
    let mut venues = Vec::new();
    for city in &CITIES {
        let mut names = HashSet::new();
        for number in 0..IN_A_CITY {
            venues.push(venue(venues.len(), city, Kind::ALL[number % Kind::ALL.len()], &mut names));
        }
    }
    venues
}

fn venue(number: usize, city: &'static City, kind: Kind, names: &mut HashSet<String>) -> Venue {
    let mut random = Random::of(1, number);
    let (mut name, mut district) = named(city, kind, &mut random);
    for _ in 0..50 {
        if !names.contains(&name) {
            break;
        }
        (name, district) = named(city, kind, &mut random);
    }
    names.insert(name.clone());
    let words = city.language(&mut random);
    let said = &words.venues[kind as usize];
    let slots = [("venue", name.as_str()), ("city", city.named_in(words)), ("district", district)];
    let (own, any) = (random.between(1, 2), random.between(0, 2));
    let mut sentences = random.some(said.sentences, own);
    sentences.extend(random.some(words.facilities, any));
    let sentences: Vec<_> = sentences.into_iter().map(|text| fill(text, &slots)).collect();
    let location = city.place(&mut random);
    let (least, most) = kind.tens();
    let id = format!("venue-{:04}", number + 1);
    let document = present(json!({
        "id": id,
        "entity_type": "venue",
        "language": words.code,
        "title": name,
        "description": sentences.join(" "),
        "tags": random.some(said.tags, 3),
        "category": kind.category(),
        "location": location,
        "city": city.name,
        "country": city.country,
        "rating": random.rating(),
        "popularity": random.popularity(),
        "attributes": {
            "indoor": kind.indoor(),
            "accessible": random.percent(70),
            "capacity": random.between(least, most) * 10,
            "district": district,
        },
    }));
    Venue { id, name, kind, city, district, location, document }
}

fn named(city: &City, kind: Kind, random: &mut Random) -> (String, &'static str) {
    let words = city.words;
    let district = random.pick(city.districts);
    let slots = [
        ("city", city.local),
        ("district", district),
        ("last", random.pick(words.lasts)),
        ("noun", random.pick(words.nouns)),
    ];
    (fill(random.pick(words.venues[kind as usize].names), &slots), district)
}
