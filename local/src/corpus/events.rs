//! Events.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::artists::Artist;
use super::places::{CITIES, City};
use super::present;
use super::random::Random;
use super::themes::{THEMES, Theme};
use super::venues::Venue;
use super::words::{Words, fill};

const COUNT: usize = 2200;

/// All of them, at venues and with artists of these. Nothing but their dates depends on `base`.
pub(super) fn events(base: Timestamp, venues: &[Venue], artists: &[Artist]) -> Vec<Value> {
    (0..COUNT).map(|number| event(number, base, venues, artists)).collect()
}

fn event(number: usize, base: Timestamp, venues: &[Venue], artists: &[Artist]) -> Value {
    let mut random = Random::of(3, number);
    let theme = &THEMES[number % THEMES.len()];
    let city = &CITIES[random.index(CITIES.len())];
    let words = city.language(&mut random);
    let at: Vec<_> = venues.iter().filter(|venue| venue.city.name == city.name && fits(theme, venue)).collect();
    let venue = (!at.is_empty()).then(|| random.pick(&at));
    let by: Vec<_> = artists.iter().filter(|artist| theme.act == Some(artist.act)).collect();
    let artist = (!by.is_empty()).then(|| random.pick(&by));

    let (title, description) = texts(theme, words, city, venue, artist, &mut random);
    let location = venue.map_or_else(|| city.place(&mut random), |venue| venue.location.clone());
    let tags = random.some((theme.phrases)(words).tags, 3);
    let (price_min, price_max) = price(theme, city, &mut random);
    let (rating, popularity) = (random.rating(), random.popularity());
    let attributes = present(json!({
        "genre": theme.genre,
        "indoor": indoor(venue),
        "accessible": venue.map_or_else(|| random.percent(50).into(), accessible),
        "age_limit": theme.age_limit,
        "venue": venue.map(|venue| &venue.name),
        "venue_id": venue.map(|venue| &venue.id),
        "artists": artist.map(|artist| [&artist.name]),
        "artist_ids": artist.map(|artist| [&artist.id]),
    }));
    let (start, end) = dates(theme, base, &mut random);
    present(json!({
        "id": format!("event-{:04}", number + 1),
        "entity_type": "event",
        "language": words.code,
        "title": title,
        "description": description,
        "tags": tags,
        "category": theme.category,
        "location": location,
        "city": city.name,
        "country": city.country,
        "start_date": start.to_string(),
        "end_date": end.to_string(),
        "price_min": price_min,
        "price_max": price_max,
        "currency": price_min.map(|_| city.currency),
        "rating": rating,
        "popularity": popularity,
        "attributes": attributes,
    }))
}

fn fits(theme: &Theme, venue: &Venue) -> bool {
    theme.venues.contains(&venue.kind)
}

fn indoor(venue: Option<&Venue>) -> bool {
    venue.is_some_and(|venue| venue.document["attributes"]["indoor"] == true)
}

fn accessible(venue: &Venue) -> Value {
    venue.document["attributes"]["accessible"].clone()
}

fn texts(
    theme: &Theme,
    words: &'static Words,
    city: &City,
    venue: Option<&Venue>,
    artist: Option<&Artist>,
    random: &mut Random,
) -> (String, String) {
    let phrases = (theme.phrases)(words);
    let slots = [
        ("city", city.named_in(words)),
        ("district", venue.map_or_else(|| random.pick(city.districts), |venue| venue.district)),
        ("square", random.pick(city.squares)),
        ("topic", random.pick(phrases.topics)),
        ("venue", venue.map_or("", |venue| &venue.name)),
        ("artist", artist.map_or("", |artist| &artist.name)),
    ];
    let title = fill(random.pick(phrases.titles), &slots);
    let (own, any) = (random.between(1, 2), random.between(0, 2));
    let mut sentences = random.some(phrases.sentences, own);
    sentences.extend(random.some(&closes(theme, words, indoor(venue)), any));
    let sentences: Vec<_> = sentences.into_iter().map(|text| fill(text, &slots)).collect();
    (title, sentences.join(" "))
}

/// What may be said last.
fn closes(theme: &Theme, words: &Words, indoor: bool) -> Vec<&'static str> {
    let place = if indoor { words.indoors } else { words.outdoors };
    let people = if theme.age_limit.is_none() { words.all_ages } else { &[] };
    [words.practical, place, people].concat()
}

/// The least and the most that a ticket costs, in the city's currency. Some do not say.
fn price(theme: &Theme, city: &City, random: &mut Random) -> (Option<f64>, Option<f64>) {
    let (least, most) = theme.price;
    let first = random.between(least, most);
    let second = random.between(first, most);
    let (said, both) = (random.percent(92), random.percent(75));
    let amount = |euros: u32| f64::from(euros * city.rate);
    (said.then(|| amount(first)), (said && both).then(|| amount(second)))
}

/// When it begins and ends: from 60 days before `base` to 300 days after, in the theme's season.
fn dates(theme: &Theme, base: Timestamp, random: &mut Random) -> (Timestamp, Timestamp) {
    let midnight = base.as_second().div_euclid(86_400) * 86_400;
    let hour = i64::from(random.between(theme.begins.0, theme.begins.1));
    let hours = i64::from(random.between(theme.hours.0, theme.hours.1));
    let mut start = base;
    for _ in 0..200 {
        let days = i64::from(random.between(0, 358)) - 59;
        start = Timestamp::from_second(midnight + days * 86_400 + hour * 3600).unwrap_or(base);
        let day = start.to_zoned(TimeZone::UTC);
        if day.day() <= theme.last_day && (theme.months.is_empty() || theme.months.contains(&day.month())) {
            break;
        }
    }
    (start, start.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(start))
}
