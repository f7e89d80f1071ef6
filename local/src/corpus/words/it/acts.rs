//! What artists are called in Italian.

use super::super::Named;

/// In the order of `artists::Act`.
pub(super) const ACTS: [Named; 7] = [
    Named {
        names: &["{last} Quartet", "Trio {last}", "Jazz Band {noun}"],
        sentences: &[
            "{artist} unisce lo swing all'improvvisazione.",
            "Contrabbasso, spazzole e un sax tenore dal suono caldo.",
            "Il gruppo è nato nei jazz club di {city}.",
        ],
        tags: &["jazz", "musica dal vivo", "swing", "gruppo"],
    },
    Named {
        names: &["DJ {first} {last}", "{noun} Elettrica", "{first} {noun}"],
        sentences: &[
            "{artist} suona techno e house nei club di {city}.",
            "Set ipnotici dal tramonto al primo tram.",
            "I suoi dischi escono in poche copie per un'etichetta propria.",
        ],
        tags: &["techno", "elettronica", "DJ", "house"],
    },
    Named {
        names: &["Quartetto {last}", "Ensemble {noun}", "Duo {last}"],
        sentences: &[
            "Un repertorio che va da Boccherini ai giorni nostri.",
            "{artist} si è formato al conservatorio di {city}.",
            "Le sue incisioni di Vivaldi hanno vinto diversi premi.",
        ],
        tags: &["classica", "musica da camera", "archi", "ensemble"],
    },
    Named {
        names: &["I {last}", "{noun} Nera", "La {noun}"],
        sentences: &[
            "Chitarre, tre voci e ritornelli da cantare insieme.",
            "{artist} fa rock in italiano a {city}.",
            "Anni di tournée e mai due concerti uguali.",
        ],
        tags: &["rock", "indie", "band", "chitarre"],
    },
    Named {
        names: &["Compagnia {noun}", "Teatro della {noun}", "Compagnia {last}"],
        sentences: &[
            "{artist} porta i classici in luoghi inattesi.",
            "La nuova drammaturgia è al centro del suo lavoro.",
            "Una piccola compagnia di {city} che si divide tutti i ruoli.",
        ],
        tags: &["teatro", "compagnia", "scena", "prosa"],
    },
    Named {
        names: &["{first} {last}"],
        sentences: &[
            "{artist} è una voce della stand-up di {city}.",
            "Una comicità asciutta, veloce e più tenera di quanto sembri.",
            "Presenza fissa nei festival di cabaret.",
        ],
        tags: &["comicità", "stand-up", "cabaret", "risate"],
    },
    Named {
        names: &["{first} {last}", "Studio {last}"],
        sentences: &[
            "Grandi tele dipinte in una vecchia officina di {city}.",
            "{artist} dipinge il colore, la memoria e il mare.",
            "Le opere si trovano in musei e raccolte private.",
        ],
        tags: &["pittura", "arte contemporanea", "arti visive", "galleria"],
    },
];
