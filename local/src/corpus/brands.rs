//! Brands: who organizes, sponsors and sells.

use serde_json::{Value, json};

use super::places::CITIES;
use super::present;
use super::random::Random;

/// Its name, the number of its city, its language, its category, and what is said of it.
struct Brand(&'static str, usize, &'static str, &'static str, &'static str);

#[rustfmt::skip]
static BRANDS: [Brand; 36] = [
    Brand("Donauklang Konzerte", 0, "de", "promoter", "Veranstalter von Kammermusik und Jazz entlang der Donau."),
    Brand("Rösterei Morgenrot", 0, "de", "coffee", "Kaffee aus direktem Handel, geröstet im Hinterhof."),
    Brand("Nachtschicht Events", 1, "de", "promoter", "Clubnächte und Open Airs mit elektronischer Musik."),
    Brand("Spreebräu", 1, "de", "brewery", "Kleine Brauerei mit Biergarten und Livemusik am Wasser."),
    Brand("Isar Outdoor", 2, "de", "sportswear", "Rucksäcke und Schuhe für Wanderungen vor der Haustür."),
    Brand("Verlag Löwenzahn", 2, "de", "publisher", "Bilderbücher und Lesungen für Kinder."),
    Brand("Alpenblick Käse", 3, "de", "food", "Bergkäse von zwölf Höfen, auf vielen Märkten zu kosten."),
    Brand("Seebad Yoga", 3, "de", "wellness", "Yogakurse am Ufer, vom Frühling bis in den Herbst."),
    Brand("Les Nuits Bleues", 4, "fr", "promoter", "Concerts de jazz et soirées dans les caves de la capitale."),
    Brand("Pâtisserie Clémentine", 4, "fr", "food", "Gâteaux de saison et ateliers de pâtisserie."),
    Brand("Éditions du Pont", 4, "fr", "publisher", "Romans, poésie et rencontres avec les auteurs."),
    Brand("Soierie Valmont", 5, "fr", "fashion", "Foulards de soie tissés à la main."),
    Brand("Brasserie du Canal", 6, "fr", "brewery", "Bières artisanales et visites le samedi."),
    Brand("Théâtre Mobile", 7, "fr", "promoter", "Spectacles pour toute la famille dans les parcs."),
    Brand("Sonidos del Sur", 10, "es", "promoter", "Flamenco, rock y fiestas populares durante todo el año."),
    Brand("Bodegas Valdeluz", 8, "es", "winery", "Vinos de pequeñas parcelas y catas con los enólogos."),
    Brand("Chocolates Olmedo", 8, "es", "food", "Chocolate a la piedra desde hace cuatro generaciones."),
    Brand("Marea Deportes", 9, "es", "sportswear", "Zapatillas y carreras populares junto al mar."),
    Brand("Taller Cerámico Azul", 10, "es", "crafts", "Azulejos pintados a mano y cursos de cerámica."),
    Brand("Mezcal Luna Negra", 11, "es", "spirits", "Mezcal artesanal y música en vivo cada jueves."),
    Brand("Teatro Vivo Produzioni", 13, "it", "promoter", "Spettacoli, commedie e laboratori nelle piazze."),
    Brand("Torrefazione Aurora", 12, "it", "coffee", "Miscele tostate lentamente e corsi di caffè."),
    Brand("Cantina Colle Verde", 13, "it", "winery", "Vini naturali dei colli e degustazioni in cantina."),
    Brand("Officina Tessuti", 12, "it", "fashion", "Tessuti e abiti disegnati e cuciti in città."),
    Brand("Noites de Fado", 14, "pt", "promoter", "Fado e jantares em casas antigas de Alfama."),
    Brand("Conservas Sardinha Dourada", 14, "pt", "food", "Conservas de peixe em latas desenhadas por artistas."),
    Brand("Café Serra Azul", 15, "pt", "coffee", "Café de pequenos produtores, torrado toda semana."),
    Brand("Samba Livre Produções", 15, "pt", "promoter", "Rodas de samba, carnaval de rua e festas juninas."),
    Brand("Lantern Live", 16, "en", "promoter", "Concerts by candlelight in churches and libraries."),
    Brand("Hackney Bike Works", 16, "en", "sportswear", "Handbuilt bicycles and a weekly ride for everybody."),
    Brand("Empire Laughs", 17, "en", "promoter", "Stand-up comedy showcases in basements and on rooftops."),
    Brand("Founders' Porch", 17, "en", "business", "Pitch nights, mentors and desks for young companies."),
    Brand("Liffey Books", 18, "en", "publisher", "New fiction, book launches and a poetry slam."),
    Brand("Golden Lane Puppets", 19, "en", "promoter", "Puppet theatre for children and for their parents."),
    Brand("Canal House Festivals", 20, "en", "promoter", "Food, film and light festivals along the canals."),
    Brand("Bosphorus Ceramics", 21, "en", "crafts", "Hand-thrown bowls and weekend pottery classes."),
];

/// All of them.
pub(super) fn documents() -> Vec<Value> {
    BRANDS.iter().enumerate().map(|(number, brand)| document(number, brand)).collect()
}

fn document(number: usize, brand: &Brand) -> Value {
    let mut random = Random::of(5, number);
    let Brand(name, city, language, category, description) = brand;
    let city = &CITIES[*city];
    present(json!({
        "id": format!("brand-{:04}", number + 1),
        "entity_type": "brand",
        "language": language,
        "title": name,
        "description": description,
        "tags": ["brand", category],
        "category": category,
        "location": city.place(&mut random),
        "city": city.name,
        "country": city.country,
        "rating": random.rating(),
        "popularity": random.popularity(),
        "attributes": {"founded": random.between(1900, 2024), "sponsor": random.percent(40)},
    }))
}
