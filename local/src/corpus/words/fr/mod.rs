//! French.

mod acts;
mod culture;
mod town;
mod venues;

use super::Words;

/// French. What venues are called is masculine and begins with a consonant, so that one is "au" them.
pub(crate) static FR: Words = Words {
    code: "fr",
    firsts: &[
        "Élodie",
        "Mathieu",
        "Camille",
        "Théo",
        "Inès",
        "François",
        "Zoé",
        "Benoît",
        "Aïcha",
        "Lucas",
        "Chloé",
        "Jérôme",
        "Maëlle",
        "Gaspard",
        "Noémie",
        "Karim",
    ],
    lasts: &[
        "Lefèvre",
        "Moreau",
        "Delacroix",
        "Benali",
        "Fontaine",
        "Girard",
        "Beauchêne",
        "Tremblay",
        "Roussel",
        "Marchand",
        "Dubois",
        "Carpentier",
        "Lacombe",
        "Vasseur",
        "Peeters",
        "Mercier",
    ],
    nouns: &[
        "Lune",
        "Braise",
        "Comète",
        "Hirondelle",
        "Verveine",
        "Brume",
        "Cerise",
        "Lanterne",
        "Rivière",
        "Mésange",
        "Poussière",
        "Galerne",
        "Nacre",
        "Saison",
        "Marelle",
        "Tempête",
    ],
    acts: acts::ACTS,
    venues: venues::VENUES,
    practical: &["Accès facile en transports en commun.", "Les places sont limitées, pensez à réserver."],
    indoors: &[
        "Ouverture des portes une heure avant le début.",
        "Billets en vente sur place dans la limite des places disponibles.",
        "Restauration et boissons sur place.",
    ],
    outdoors: &["L'événement a lieu par tous les temps."],
    all_ages: &["Gratuit pour les moins de douze ans accompagnés.", "Ouvert à toutes et à tous, même sans expérience."],
    facilities: &[
        "Un ascenseur dessert tous les étages.",
        "Les vélos peuvent être garés dans la cour.",
        "Le lieu peut être loué pour des fêtes privées.",
        "La station la plus proche est à cinq minutes.",
        "Visites guidées le premier dimanche du mois.",
    ],
    culture: culture::CULTURE,
    town: town::TOWN,
};
