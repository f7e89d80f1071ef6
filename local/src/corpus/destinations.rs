//! Destinations: every city, and where people go from it for a day.

use serde_json::{Value, json};

use super::places::{CITIES, City};
use super::present;
use super::random::Random;

/// What is worth a day, by the number of its city.
#[rustfmt::skip]
static TRIPS: [Trip; 18] = [
    Trip(0, "Wachau", "de", (48.3640, 15.4200), "Donautal mit Marillengärten, Weinterrassen und Ruinen.", "valley"),
    Trip(1, "Spreewald", "de", (51.8660, 13.9690), "Kahnfahrten durch ein Labyrinth stiller Kanäle.", "nature"),
    Trip(2, "Schloss Neuschwanstein", "de", (47.5576, 10.7498), "Das Märchenschloss über dem Alpsee.", "castle"),
    Trip(3, "Rheinfall bei Schaffhausen", "de", (47.6780, 8.6150), "Der größte Wasserfall der Region.", "nature"),
    Trip(4, "Château de Versailles", "fr", (48.8049, 2.1204), "Le palais du Roi-Soleil et ses jardins.", "castle"),
    Trip(5, "Pérouges", "fr", (45.9040, 5.1790), "Cité médiévale aux ruelles pavées et à la galette.", "village"),
    Trip(6, "Forêt de Soignes", "fr", (50.7700, 4.4200), "Hêtres centenaires et sentiers, près de la ville.", "nature"),
    Trip(7, "Mont-Tremblant", "fr", (46.2130, -74.5850), "Ski en hiver, lacs et randonnées en été.", "mountain"),
    Trip(8, "Toledo", "es", (39.8628, -4.0273), "Ciudad de las tres culturas sobre el río Tajo.", "old town"),
    Trip(9, "Montserrat", "es", (41.5930, 1.8370), "Monasterio y caminos entre peñas de formas extrañas.", "mountain"),
    Trip(10, "Doñana", "es", (36.9800, -6.4400), "Marismas, dunas y miles de aves migratorias.", "nature"),
    Trip(11, "Teotihuacán", "es", (19.6925, -98.8438), "Las pirámides del Sol y de la Luna.", "archaeology"),
    Trip(12, "Lago di Como", "it", (45.9960, 9.2570), "Ville, giardini e battelli ai piedi delle Alpi.", "lake"),
    Trip(13, "Tivoli", "it", (41.9630, 12.7960), "Fontane, cascate e la villa dell'imperatore Adriano.", "village"),
    Trip(14, "Sintra", "pt", (38.7979, -9.3906), "Palácios coloridos entre a serra e o mar.", "castle"),
    Trip(15, "Paranapiacaba", "pt", (-23.7780, -46.3010), "Vila ferroviária inglesa no meio da neblina.", "village"),
    Trip(16, "Cotswolds", "en", (51.8330, -1.8430), "Honey-coloured villages, hedges and country pubs.", "village"),
    Trip(17, "Hudson Valley", "en", (41.4270, -73.9580), "Orchards, art parks and hikes above the river.", "valley"),
];

/// The number of its city, its name, the language and the place of it, what is said of it, and what it is.
struct Trip(usize, &'static str, &'static str, (f64, f64), &'static str, &'static str);

/// All of them.
pub(super) fn documents() -> Vec<Value> {
    let cities = CITIES.iter().enumerate().map(|(number, city)| city_break(number, city));
    let trips = TRIPS.iter().enumerate().map(|(number, trip)| day_trip(CITIES.len() + number, trip));
    cities.chain(trips).collect()
}

fn city_break(number: usize, city: &City) -> Value {
    let mut random = Random::of(4, number);
    let (name, districts, squares) = (city.name, city.districts, city.squares);
    let description = format!(
        "{name}, {}, is best seen on foot: start at {} and walk to {}. Stay out late in {} or {}.",
        city.country, squares[0], squares[1], districts[0], districts[1],
    );
    let local = (city.local != name).then_some(city.local);
    present(json!({
        "id": format!("destination-{:04}", number + 1),
        "entity_type": "destination",
        "language": "en",
        "title": local.map_or_else(|| format!("{name} city break"), |local| format!("{name} city break ({local})")),
        "description": description,
        "tags": ["city break", "travel", "sightseeing", "weekend"],
        "category": "city",
        "location": {"lat": city.middle.0, "lng": city.middle.1},
        "city": name,
        "country": city.country,
        "rating": random.rating(),
        "popularity": random.popularity(),
        "attributes": {"local_name": city.local, "currency": city.currency, "neighbourhoods": districts},
    }))
}

fn day_trip(number: usize, trip: &Trip) -> Value {
    let mut random = Random::of(4, number);
    let Trip(city, name, language, (lat, lng), description, category) = trip;
    let city = &CITIES[*city];
    present(json!({
        "id": format!("destination-{:04}", number + 1),
        "entity_type": "destination",
        "language": language,
        "title": name,
        "description": description,
        "tags": ["day trip", "travel", category],
        "category": category,
        "location": {"lat": lat, "lng": lng},
        "city": city.name,
        "country": city.country,
        "rating": random.rating(),
        "popularity": random.popularity(),
        "attributes": {"day_trip_from": city.local, "hours_away": random.between(1, 3)},
    }))
}
