//! What kinds of events there are.

use super::artists::Act;
use super::venues::Kind::{
    self, Cinema, Club, ConcertHall, CongressCentre, MarketHall, Museum, Park, Stadium, Studio, Theatre, WineCellar,
};
use super::words::{Phrases, Words};

/// A kind of event.
pub(super) struct Theme {
    pub(super) category: &'static str,
    pub(super) genre: &'static str,
    pub(super) phrases: fn(&'static Words) -> &'static Phrases,
    /// Where it takes place; in the streets if nowhere.
    pub(super) venues: &'static [Kind],
    pub(super) act: Option<Act>,
    /// 1 to 12, in which it takes place; in any if there is none.
    pub(super) months: &'static [i8],
    /// Of a month, on which it may begin.
    pub(super) last_day: i8,
    /// The hour of day at which it begins, at least and at most.
    pub(super) begins: (u32, u32),
    /// How long it takes, at least and at most.
    pub(super) hours: (u32, u32),
    /// What a ticket costs in euros, at least and at most; free if 0.
    pub(super) price: (u32, u32),
    pub(super) age_limit: Option<u32>,
}

/// A concert at night.
const PLAIN: Theme = Theme {
    category: "music",
    genre: "",
    phrases: |words| &words.culture.jazz,
    venues: &[],
    act: None,
    months: &[],
    last_day: 31,
    begins: (17, 20),
    hours: (2, 4),
    price: (8, 45),
    age_limit: None,
};

const SUMMER: &[i8] = &[5, 6, 7, 8, 9];

/// All of them.
#[rustfmt::skip]
pub(super) static THEMES: [Theme; 21] = [
    Theme { genre: "jazz", venues: &[Club, ConcertHall], act: Some(Act::Jazz), ..PLAIN },
    Theme { genre: "techno", phrases: |words| &words.culture.techno, venues: &[Club], act: Some(Act::Dj),
        begins: (20, 23), hours: (5, 10), age_limit: Some(18), ..PLAIN },
    Theme { genre: "classical", phrases: |words| &words.culture.classical, venues: &[ConcertHall],
        act: Some(Act::Ensemble), price: (15, 90), ..PLAIN },
    Theme { genre: "rock", phrases: |words| &words.culture.rock, venues: &[Club, Stadium, Park], act: Some(Act::Band),
        price: (12, 70), ..PLAIN },
    Theme { category: "theatre", genre: "drama", phrases: |words| &words.culture.theatre, venues: &[Theatre],
        act: Some(Act::Company), price: (12, 60), ..PLAIN },
    Theme { category: "comedy", genre: "stand-up", phrases: |words| &words.culture.comedy, venues: &[Theatre, Club],
        act: Some(Act::Comedian), price: (8, 35), age_limit: Some(16), ..PLAIN },
    Theme { category: "art", genre: "exhibition", phrases: |words| &words.culture.exhibition, venues: &[Museum],
        act: Some(Act::Painter), begins: (8, 10), hours: (300, 1500), price: (0, 18), ..PLAIN },
    Theme { category: "film", genre: "film", phrases: |words| &words.culture.film, venues: &[Cinema], price: (6, 14),
        ..PLAIN },
    Theme { category: "food", genre: "market", phrases: |words| &words.town.food, venues: &[MarketHall, Park],
        begins: (8, 12), hours: (5, 10), price: (0, 0), ..PLAIN },
    Theme { category: "food", genre: "wine", phrases: |words| &words.town.wine, venues: &[WineCellar], begins: (15, 18),
        price: (18, 75), age_limit: Some(18), ..PLAIN },
    Theme { category: "market", genre: "crafts", phrases: |words| &words.town.crafts, venues: &[MarketHall],
        begins: (8, 10), hours: (6, 10), price: (0, 6), ..PLAIN },
    Theme { category: "market", genre: "christmas", phrases: |words| &words.town.christmas, months: &[12], last_day: 23,
        begins: (10, 14), hours: (8, 200), price: (0, 0), ..PLAIN },
    Theme { category: "festival", genre: "street", phrases: |words| &words.town.street, months: SUMMER,
        begins: (10, 15), hours: (6, 30), price: (0, 0), ..PLAIN },
    Theme { category: "family", genre: "children", phrases: |words| &words.town.family,
        venues: &[Theatre, Museum, Park], begins: (8, 14), hours: (1, 4), price: (0, 15), ..PLAIN },
    Theme { category: "sport", genre: "football", phrases: |words| &words.town.football, venues: &[Stadium],
        begins: (13, 19), hours: (2, 2), price: (10, 80), ..PLAIN },
    Theme { category: "sport", genre: "running", phrases: |words| &words.town.running, begins: (6, 9), hours: (3, 7),
        price: (15, 60), ..PLAIN },
    Theme { category: "wellness", genre: "yoga", phrases: |words| &words.town.yoga, venues: &[Studio, Park],
        begins: (5, 17), hours: (1, 3), price: (0, 25), ..PLAIN },
    Theme { category: "outdoor", genre: "hiking", phrases: |words| &words.town.hiking, months: SUMMER, begins: (6, 9),
        hours: (4, 9), price: (0, 20), ..PLAIN },
    Theme { category: "conference", genre: "technology", phrases: |words| &words.town.tech, venues: &[CongressCentre],
        begins: (7, 9), hours: (8, 56), price: (0, 490), ..PLAIN },
    Theme { category: "conference", genre: "medicine", phrases: |words| &words.town.medical, venues: &[CongressCentre],
        begins: (7, 9), hours: (9, 80), price: (90, 690), ..PLAIN },
    Theme { category: "business", genre: "startup", phrases: |words| &words.town.startup,
        venues: &[CongressCentre, Studio], begins: (15, 18), hours: (2, 5), price: (0, 30), ..PLAIN },
];
