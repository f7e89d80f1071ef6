//! Italian.

mod acts;
mod culture;
mod town;
mod venues;

use super::Words;

/// Italian. What venues are called is masculine and takes "il", so that one is "al" them.
pub(crate) static IT: Words = Words {
    code: "it",
    firsts: &[
        "Giulia", "Lorenzo", "Chiara", "Matteo", "Niccolò", "Beatrice", "Davide", "Elettra", "Tommaso", "Ludovica",
        "Pietro", "Noemi", "Raffaele", "Viola", "Dario", "Marta",
    ],
    lasts: &[
        "Bianchi",
        "Ferraro",
        "Colombo",
        "Marinelli",
        "De Santis",
        "Galli",
        "Montanari",
        "Pellegrini",
        "Rinaldi",
        "Fontana",
        "Caruso",
        "Martini",
        "Lombardi",
        "Basile",
        "Vitale",
        "Conti",
    ],
    nouns: &[
        "Luna", "Lucciola", "Rondine", "Marea", "Ginestra", "Cometa", "Lanterna", "Brace", "Onda", "Civetta",
        "Magnolia", "Nebbia", "Ruggine", "Aurora", "Altalena", "Tempesta",
    ],
    acts: acts::ACTS,
    venues: venues::VENUES,
    practical: &["Si arriva facilmente con i mezzi pubblici.", "I posti sono limitati, si consiglia di prenotare."],
    indoors: &[
        "Le porte aprono un'ora prima dell'inizio.",
        "I biglietti si vendono anche all'ingresso, fino a esaurimento.",
        "Cibo e bevande sul posto.",
    ],
    outdoors: &["Si svolge con qualsiasi tempo."],
    all_ages: &["Gratis per i minori di dodici anni accompagnati.", "Tutti sono benvenuti, anche senza esperienza."],
    facilities: &[
        "L'ascensore arriva a tutti i piani.",
        "Le biciclette si possono lasciare in cortile.",
        "Si può affittare per feste private.",
        "La fermata più vicina è a cinque minuti.",
        "Visite guidate la prima domenica del mese.",
    ],
    culture: culture::CULTURE,
    town: town::TOWN,
};
