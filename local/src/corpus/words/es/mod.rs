//! Spanish.

mod acts;
mod culture;
mod town;
mod venues;

use super::Words;

/// Spanish. What venues are called is masculine, so that one is "en el" them.
pub(crate) static ES: Words = Words {
    code: "es",
    firsts: &[
        "Lucía",
        "Álvaro",
        "Martín",
        "Inés",
        "Joaquín",
        "Begoña",
        "Andrés",
        "Sofía",
        "Rubén",
        "Pilar",
        "Iñaki",
        "Valentina",
        "Óscar",
        "Ximena",
        "Hugo",
        "Marisol",
    ],
    lasts: &[
        "Ibáñez",
        "Quintero",
        "Muñoz",
        "Salvatierra",
        "Peña",
        "Castañeda",
        "Robles",
        "Villalobos",
        "Núñez",
        "Arroyo",
        "Montalbán",
        "Espinosa",
        "Carrasco",
        "Benítez",
        "Olmedo",
        "Zúñiga",
    ],
    nouns: &[
        "Luna",
        "Golondrina",
        "Marea",
        "Azucena",
        "Niebla",
        "Chispa",
        "Farola",
        "Cigüeña",
        "Canela",
        "Brújula",
        "Sierra",
        "Amapola",
        "Cometa",
        "Esquina",
        "Vereda",
        "Tormenta",
    ],
    acts: acts::ACTS,
    venues: venues::VENUES,
    practical: &["Se llega fácilmente en transporte público.", "Las plazas son limitadas; conviene reservar."],
    indoors: &[
        "Las puertas se abren una hora antes.",
        "También se venden entradas en taquilla.",
        "Habrá comida y bebida.",
    ],
    outdoors: &["Se celebra con cualquier tiempo."],
    all_ages: &[
        "Los menores de doce años acompañados entran gratis.",
        "Todo el mundo es bienvenido, con o sin experiencia.",
    ],
    facilities: &[
        "Hay ascensor a todas las plantas.",
        "Las bicicletas se pueden dejar en el patio.",
        "Se alquila para fiestas privadas.",
        "La parada más cercana está a cinco minutos.",
        "Visitas guiadas el primer domingo de cada mes.",
    ],
    culture: culture::CULTURE,
    town: town::TOWN,
};
