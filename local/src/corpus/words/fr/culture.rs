//! What is said of culture in French.

use super::super::{Culture, Phrases};

pub(super) const CULTURE: Culture = Culture {
    jazz: Phrases {
        titles: &[
            "Nuit du jazz au {venue}",
            "{artist} en concert à {district}",
            "Soirée {topic} avec {artist}",
            "Les jeudis du jazz : {artist}",
        ],
        topics: &["swing", "bebop", "jazz manouche", "latin jazz", "soul jazz"],
        sentences: &[
            "{artist} joue des standards et des compositions originales.",
            "Deux sets de {topic}, suivis d'un bœuf ouvert à tous.",
            "Bougies, cocktails et improvisation jusqu'après minuit.",
        ],
        tags: &["jazz", "musique live", "concert", "jam session", "soirée"],
    },
    techno: Phrases {
        titles: &[
            "Nuit {topic} avec {artist}",
            "{artist} toute la nuit",
            "Rave au {venue} : {artist}",
            "Minuit à {district} : {topic}",
        ],
        topics: &["techno", "deep house", "acid", "minimale", "trance"],
        sentences: &[
            "{artist} joue jusqu'au lever du soleil.",
            "Une salle sombre, une sono neuve et pas de téléphones sur la piste.",
            "Des DJ du quartier ouvrent la soirée dès vingt-trois heures.",
        ],
        tags: &["techno", "club", "musique électronique", "DJ", "fête"],
    },
    classical: Phrases {
        titles: &[
            "{artist} joue {topic}",
            "Musique de chambre au {venue} : {topic}",
            "Récital du dimanche avec {artist}",
            "Autour de {topic}",
        ],
        topics: &["Debussy", "Ravel", "Fauré", "Beethoven", "Mozart", "Couperin"],
        sentences: &[
            "Au programme, {topic} et ses contemporains.",
            "Une courte présentation précède le concert.",
            "Un récital intime dans l'une des plus belles salles, à {city}.",
        ],
        tags: &["classique", "musique de chambre", "concert", "récital"],
    },
    rock: Phrases {
        titles: &[
            "{artist} en tournée",
            "{artist} au {venue}",
            "Soirée {topic} : {artist} et invités",
            "{artist} à {city}",
        ],
        topics: &["rock indé", "punk", "garage", "post-punk", "folk rock"],
        sentences: &[
            "{artist} présente son nouvel album, fort et debout.",
            "Deux groupes du quartier assurent la première partie.",
            "Au menu : {topic}, vieux succès et longs rappels.",
        ],
        tags: &["rock", "concert", "musique live", "indé"],
    },
    theatre: Phrases {
        titles: &["{topic} au {venue}", "Première : {topic}", "{artist} joue {topic}", "{topic}, une relecture"],
        topics: &["Le Misanthrope", "Phèdre", "Le Cid", "Antigone", "Tartuffe", "La Cerisaie"],
        sentences: &[
            "{artist} propose une mise en scène dépouillée.",
            "Six comédiens, un plateau nu, deux heures sans entracte.",
            "Rencontre avec l'équipe à l'issue de la représentation.",
        ],
        tags: &["théâtre", "drame", "pièce", "scène", "spectacle"],
    },
    comedy: Phrases {
        titles: &[
            "{artist} : {topic}",
            "Soirée humour au {venue} avec {artist}",
            "Stand-up à {district} : {artist}",
            "{artist} essaie ses nouvelles blagues",
        ],
        topics: &["Rien de personnel", "En chantier", "Désolé du retard", "Presque sérieux"],
        sentences: &[
            "{artist} raconte la famille, la colocation et autres catastrophes.",
            "Cinq humoristes, un micro et dix minutes chacun.",
            "Une heure de stand-up inédite, tout droit venue des festivals.",
        ],
        tags: &["humour", "stand-up", "comédie", "scène ouverte", "rire"],
    },
    exhibition: Phrases {
        titles: &["{artist} : {topic}", "{topic}. Œuvres récentes", "{topic} au {venue}", "{artist}, rétrospective"],
        topics: &["Lumière et eau", "La ville silencieuse", "Frontières", "Natures mortes", "Après la pluie"],
        sentences: &[
            "L'exposition réunit peintures et dessins de deux décennies.",
            "Quarante œuvres de {artist}, dont beaucoup sont inédites.",
            "Visites guidées chaque jeudi soir.",
        ],
        tags: &["exposition", "art", "musée", "peinture"],
    },
    film: Phrases {
        titles: &[
            "{topic} au {venue}",
            "Semaine du cinéma : {topic}",
            "Séance de minuit : {topic}",
            "{topic} en présence des réalisateurs",
        ],
        topics: &["films muets", "documentaires", "courts métrages", "films noirs", "films d'animation"],
        sentences: &[
            "Tous les films sont projetés en version originale sous-titrée.",
            "La projection est suivie d'un débat.",
            "Copies restaurées, piano et pop-corn.",
        ],
        tags: &["film", "cinéma", "projection", "festival"],
    },
};
