//! What artists are called in French.

use super::super::Named;

/// In the order of `artists::Act`.
pub(super) const ACTS: [Named; 7] = [
    Named {
        names: &["{first} {last} Quartet", "Trio {last}", "Big Band {noun}"],
        sentences: &[
            "{artist} mêle le swing et l'improvisation.",
            "Contrebasse, balais et saxophone ténor portent un son chaleureux.",
            "Une formation née dans les caves à jazz, installée à {city}.",
        ],
        tags: &["jazz", "musique live", "swing", "groupe"],
    },
    Named {
        names: &["DJ {first} {last}", "{noun} Machine", "{first} {noun}"],
        sentences: &[
            "{artist} joue techno et house dans les clubs, à {city} et ailleurs.",
            "Des sets hypnotiques, du crépuscule au premier métro.",
            "Ses disques paraissent en petites séries sur son propre label.",
        ],
        tags: &["techno", "électro", "DJ", "house"],
    },
    Named {
        names: &["Quatuor {last}", "Ensemble {noun}", "Duo {last}"],
        sentences: &[
            "Un répertoire qui va de Haydn à nos jours.",
            "{artist} est né au conservatoire, à {city}.",
            "Ses enregistrements de Ravel et de Fauré ont été primés.",
        ],
        tags: &["classique", "musique de chambre", "cordes", "ensemble"],
    },
    Named {
        names: &["Les {last}", "{noun} Noire", "Nuit {noun}"],
        sentences: &[
            "Guitares saturées, trois voix et des refrains à reprendre en chœur.",
            "{artist} fait du rock en français, à {city}.",
            "Sur la route depuis des années, jamais deux fois le même concert.",
        ],
        tags: &["rock", "indé", "groupe", "guitares"],
    },
    Named {
        names: &["Compagnie {noun}", "Théâtre {noun}", "Compagnie {last}"],
        sentences: &[
            "{artist} joue les classiques dans des lieux inattendus.",
            "L'écriture contemporaine est au cœur de son travail.",
            "Une petite troupe qui se partage tous les rôles, à {city}.",
        ],
        tags: &["théâtre", "compagnie", "scène", "spectacle"],
    },
    Named {
        names: &["{first} {last}"],
        sentences: &[
            "{artist}, une voix du stand-up à {city}.",
            "Un humour sec, rapide et plus tendre qu'il n'y paraît.",
            "Régulièrement à l'affiche des festivals d'humour.",
        ],
        tags: &["humour", "stand-up", "one-man-show", "rire"],
    },
    Named {
        names: &["{first} {last}", "Atelier {last}"],
        sentences: &[
            "De grandes toiles peintes dans un ancien garage, à {city}.",
            "{artist} peint la couleur, la mémoire et la mer.",
            "Des œuvres présentes dans plusieurs musées.",
        ],
        tags: &["peinture", "art contemporain", "arts visuels", "galerie"],
    },
];
