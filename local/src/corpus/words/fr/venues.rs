//! What venues are called in French.

use super::super::Named;

/// In the order of `venues::Kind`.
pub(super) const VENUES: [Named; 11] = [
    Named {
        names: &["Caveau de {district}", "Club {noun}", "Petit Club de {district}", "Bar {noun}"],
        sentences: &[
            "Un petit club de {district} avec des concerts presque tous les soirs.",
            "Plafond bas, bon son et bar ouvert tard.",
        ],
        tags: &["club", "musique live", "sortie", "bar"],
    },
    Named {
        names: &["Grand Auditorium de {district}", "Palais {last}", "Philharmonique de {district}"],
        sentences: &[
            "Une salle réputée pour son acoustique et son orgue.",
            "Concerts symphoniques, chœurs et récitals toute l'année à {city}.",
        ],
        tags: &["salle de concert", "classique", "acoustique", "orchestre"],
    },
    Named {
        names: &["Théâtre de {district}", "Théâtre {last}", "Petit Théâtre de la {noun}"],
        sentences: &[
            "Un théâtre de velours rouge et d'or en plein cœur de {district}.",
            "Drames, comédies et spectacles pour le jeune public.",
        ],
        tags: &["théâtre", "scène", "drame", "comédie"],
    },
    Named {
        names: &["Marché couvert de {district}", "Marché {last}", "Carreau de {district}"],
        sentences: &[
            "Une soixantaine d'étals sous une charpente de fer.",
            "Maraîchers, boulangers et artisans de la région vendent ici.",
        ],
        tags: &["marché", "cuisine", "étals", "halles"],
    },
    Named {
        names: &["Centre de congrès de {district}", "Forum {noun}", "Centre de conférences {last}"],
        sentences: &[
            "Trois amphithéâtres et vingt salles de réunion.",
            "Conçu pour les congrès, les salons et les séminaires, tout près de la gare.",
        ],
        tags: &["congrès", "conférence", "salon", "réunions"],
    },
    Named {
        names: &["Musée de {district}", "Musée {last}", "Musée de la {noun}"],
        sentences: &[
            "Les collections couvrent cinq siècles de peinture et de design.",
            "Expositions temporaires, cour paisible et bon café.",
        ],
        tags: &["musée", "art", "exposition", "culture"],
    },
    Named {
        names: &["Stade de {district}", "Stade {last}", "Parc des sports de {district}"],
        sentences: &[
            "Le stade du club de football de {district}.",
            "Quatre tribunes couvertes et un éclairage pour les matchs du soir.",
        ],
        tags: &["stade", "football", "sport", "match"],
    },
    Named {
        names: &["Studio {noun}", "Studio de yoga de {district}", "Loft {last}"],
        sentences: &[
            "Un studio lumineux au parquet clair, au-dessus des toits de {district}.",
            "Des cours du petit matin jusque tard le soir.",
        ],
        tags: &["studio", "yoga", "cours", "danse"],
    },
    Named {
        names: &["Cinéma {noun}", "Ciné-club de {district}", "Cinéma {last}"],
        sentences: &[
            "Des films indépendants en version originale.",
            "Deux salles, de vieux fauteuils et un bar dans le hall.",
        ],
        tags: &["cinéma", "film", "projection", "art et essai"],
    },
    Named {
        names: &["Parc de {district}", "Jardin {last}", "Jardin de la {noun}"],
        sentences: &[
            "Pelouses, vieux arbres et scène en plein air à {district}.",
            "C'est ici que l'on se retrouve les soirs d'été à {city}.",
        ],
        tags: &["parc", "plein air", "jardin", "pique-nique"],
    },
    Named {
        names: &["Chai de {district}", "Bar à vin {last}", "Cellier de la {noun}"],
        sentences: &[
            "Deux mille bouteilles sous une voûte de brique.",
            "Petits vignerons, vins au verre et cuisine simple à {district}.",
        ],
        tags: &["vin", "cave", "dégustation", "bar"],
    },
];
