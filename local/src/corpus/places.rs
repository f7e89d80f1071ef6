//! The cities that everything is in.

use serde_json::{Value, json};

use super::random::Random;
use super::words::{DE, EN, ES, FR, IT, PT, Words};

/// A city, with what is called by its parts.
pub(super) struct City {
    /// As English texts and every document's `city` have it: one value, to filter and count by.
    pub(super) name: &'static str,
    /// As its own language has it.
    pub(super) local: &'static str,
    pub(super) country: &'static str,
    /// Degrees north and east of its middle.
    pub(super) middle: (f64, f64),
    pub(super) currency: &'static str,
    /// About how many units of the currency an euro is.
    pub(super) rate: u32,
    pub(super) words: &'static Words,
    pub(super) districts: &'static [&'static str],
    pub(super) squares: &'static [&'static str],
}

impl City {
    /// The language of a text about something here: mostly its own, else English.
    pub(super) fn language(&self, random: &mut Random) -> &'static Words {
        if random.percent(70) { self.words } else { &EN }
    }

    /// As that language has it.
    pub(super) fn named_in(&self, words: &Words) -> &'static str {
        if words.code == self.words.code { self.local } else { self.name }
    }

    /// A place within about 5 km of its middle.
    pub(super) fn place(&self, random: &mut Random) -> Value {
        let mut near = |degrees: f64| {
            let jittered = degrees * 1e5 + f64::from(random.between(0, 9000)) - 4500.0;
            jittered.round() / 1e5
        };
        json!({"lat": near(self.middle.0), "lng": near(self.middle.1)})
    }
}

/// All of them.
#[rustfmt::skip]
pub(super) static CITIES: [City; 22] = [
    City { name: "Vienna", local: "Wien", country: "Austria", middle: (48.2082, 16.3738), currency: "EUR", rate: 1,
        words: &DE, districts: &["Neubau", "Leopoldstadt", "Josefstadt", "Ottakring", "Favoriten", "Meidling"],
        squares: &["Karlsplatz", "Schwedenplatz", "Yppenplatz", "Spittelberg"] },
    City { name: "Berlin", local: "Berlin", country: "Germany", middle: (52.5200, 13.4050), currency: "EUR", rate: 1,
        words: &DE, districts: &["Kreuzberg", "Neukölln", "Friedrichshain", "Schöneberg", "Pankow", "Wedding"],
        squares: &["Alexanderplatz", "Boxhagener Platz", "Mauerpark", "Winterfeldtplatz"] },
    City { name: "Munich", local: "München", country: "Germany", middle: (48.1372, 11.5755), currency: "EUR", rate: 1,
        words: &DE, districts: &["Schwabing", "Haidhausen", "Giesing", "Sendling", "Bogenhausen", "Pasing"],
        squares: &["Marienplatz", "Gärtnerplatz", "Odeonsplatz", "Viktualienmarkt"] },
    City { name: "Zürich", local: "Zürich", country: "Switzerland", middle: (47.3769, 8.5417), currency: "CHF", rate: 1,
        words: &DE, districts: &["Wiedikon", "Oerlikon", "Altstetten", "Seefeld", "Höngg", "Wipkingen"],
        squares: &["Helvetiaplatz", "Bürkliplatz", "Idaplatz", "Lindenhof"] },
    City { name: "Paris", local: "Paris", country: "France", middle: (48.8566, 2.3522), currency: "EUR", rate: 1,
        words: &FR, districts: &["Montmartre", "Belleville", "Ménilmontant", "Pigalle", "Bercy", "Montparnasse"],
        squares: &["place de la Bastille", "place des Vosges", "place de la République", "place du Tertre"] },
    City { name: "Lyon", local: "Lyon", country: "France", middle: (45.7640, 4.8357), currency: "EUR", rate: 1,
        words: &FR, districts: &["Fourvière", "Gerland", "Monplaisir", "Vaise", "Saint-Clair", "Perrache"],
        squares: &["place Bellecour", "place des Terreaux", "place Sathonay", "place des Célestins"] },
    City { name: "Brussels", local: "Bruxelles", country: "Belgium", middle: (50.8503, 4.3517),
        currency: "EUR", rate: 1,
        words: &FR, districts: &["Saint-Gilles", "Schaerbeek", "Molenbeek", "Boitsfort", "Flagey", "Laeken"],
        squares: &["place Sainte-Catherine", "Grand-Place", "place du Jeu de Balle", "place Flagey"] },
    City { name: "Montréal", local: "Montréal", country: "Canada", middle: (45.5019, -73.5674),
        currency: "CAD", rate: 2,
        words: &FR, districts: &["Rosemont", "Villeray", "Verdun", "Griffintown", "Saint-Henri", "Lachine"],
        squares: &["place Jacques-Cartier", "place des Arts", "place d'Armes", "carré Saint-Louis"] },
    City { name: "Madrid", local: "Madrid", country: "Spain", middle: (40.4168, -3.7038), currency: "EUR", rate: 1,
        words: &ES, districts: &["Lavapiés", "Malasaña", "Chueca", "Chamberí", "Vallecas", "Carabanchel"],
        squares: &["Plaza Mayor", "Plaza de Olavide", "Plaza del Dos de Mayo", "Plaza de Oriente"] },
    City { name: "Barcelona", local: "Barcelona", country: "Spain", middle: (41.3874, 2.1686), currency: "EUR", rate: 1,
        words: &ES, districts: &["Gràcia", "Poblenou", "Sants", "Sant Antoni", "Montjuïc", "Horta"],
        squares: &["Plaza de Cataluña", "Plaza Real", "Plaza del Sol", "Plaza de España"] },
    City { name: "Seville", local: "Sevilla", country: "Spain", middle: (37.3891, -5.9845), currency: "EUR", rate: 1,
        words: &ES, districts: &["Triana", "Nervión", "Santa Cruz", "San Bernardo", "Heliópolis", "Bellavista"],
        squares: &["Plaza de España", "Plaza del Salvador", "Plaza de la Encarnación", "Plaza Nueva"] },
    City { name: "Mexico City", local: "Ciudad de México", country: "Mexico", middle: (19.4326, -99.1332),
        currency: "MXN", rate: 20,
        words: &ES, districts: &["Coyoacán", "Polanco", "Xochimilco", "Tlalpan", "Mixcoac", "Narvarte"],
        squares: &["Plaza de la Constitución", "Plaza Garibaldi", "Plaza Hidalgo", "Plaza Río de Janeiro"] },
    City { name: "Milan", local: "Milano", country: "Italy", middle: (45.4642, 9.1900), currency: "EUR", rate: 1,
        words: &IT, districts: &["Brera", "Lambrate", "Porta Romana", "Città Studi", "Porta Venezia", "Dergano"],
        squares: &["Piazza Duomo", "Piazza Gae Aulenti", "Piazza Sempione", "Piazza Mercanti"] },
    City { name: "Rome", local: "Roma", country: "Italy", middle: (41.9028, 12.4964), currency: "EUR", rate: 1,
        words: &IT, districts: &["Trastevere", "Testaccio", "San Lorenzo", "Garbatella", "Monti", "Prati"],
        squares: &["Piazza Navona", "Piazza del Popolo", "Piazza Testaccio", "Piazza di Spagna"] },
    City { name: "Lisbon", local: "Lisboa", country: "Portugal", middle: (38.7223, -9.1393), currency: "EUR", rate: 1,
        words: &PT, districts: &["Alfama", "Belém", "Alcântara", "Marvila", "Campo de Ourique", "Arroios"],
        squares: &["Praça do Comércio", "Praça da Alegria", "Praça das Flores", "Praça da Figueira"] },
    City { name: "São Paulo", local: "São Paulo", country: "Brazil", middle: (-23.5505, -46.6333),
        currency: "BRL", rate: 6,
        words: &PT, districts: &["Pinheiros", "Moema", "Santana", "Perdizes", "Higienópolis", "Vila Madalena"],
        squares: &["Praça da Sé", "Praça da República", "Praça Roosevelt", "Praça Benedito Calixto"] },
    City { name: "London", local: "London", country: "United Kingdom", middle: (51.5074, -0.1278),
        currency: "GBP", rate: 1,
        words: &EN, districts: &["Camden", "Shoreditch", "Brixton", "Greenwich", "Hackney", "Notting Hill"],
        squares: &["Trafalgar Square", "Covent Garden Piazza", "Leicester Square", "Hoxton Square"] },
    City { name: "New York", local: "New York", country: "United States", middle: (40.7128, -74.0060),
        currency: "USD", rate: 1,
        words: &EN, districts: &["Brooklyn", "Harlem", "Astoria", "Chelsea", "Williamsburg", "Tribeca"],
        squares: &["Union Square", "Washington Square", "Bryant Park", "Herald Square"] },
    City { name: "Dublin", local: "Dublin", country: "Ireland", middle: (53.3498, -6.2603), currency: "EUR", rate: 1,
        words: &EN, districts: &["Temple Bar", "Smithfield", "Rathmines", "Ranelagh", "Stoneybatter", "Portobello"],
        squares: &["Merrion Square", "Smithfield Square", "Parnell Square", "Meeting House Square"] },
    City { name: "Prague", local: "Prague", country: "Czechia", middle: (50.0755, 14.4378), currency: "CZK", rate: 25,
        words: &EN, districts: &["Žižkov", "Vinohrady", "Karlín", "Malá Strana", "Holešovice", "Smíchov"],
        squares: &["Old Town Square", "Wenceslas Square", "Náměstí Míru", "Jiřího z Poděbrad"] },
    City { name: "Amsterdam", local: "Amsterdam", country: "Netherlands", middle: (52.3676, 4.9041),
        currency: "EUR", rate: 1,
        words: &EN, districts: &["Jordaan", "De Pijp", "Noord", "Oud-West", "Westerpark", "Oost"],
        squares: &["Dam Square", "Museumplein", "Nieuwmarkt", "Rembrandtplein"] },
    City { name: "Istanbul", local: "Istanbul", country: "Türkiye", middle: (41.0082, 28.9784),
        currency: "TRY", rate: 35,
        words: &EN, districts: &["Beyoğlu", "Kadıköy", "Beşiktaş", "Üsküdar", "Balat", "Karaköy"],
        squares: &["Taksim Square", "Sultanahmet Square", "Ortaköy Square", "Moda Square"] },
];
