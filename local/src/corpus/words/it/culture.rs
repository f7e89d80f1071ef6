//! What is said of culture in Italian.

use super::super::{Culture, Phrases};

pub(super) const CULTURE: Culture = Culture {
    jazz: Phrases {
        titles: &[
            "Notte jazz al {venue}",
            "{artist} dal vivo a {district}",
            "Una serata di {topic} con {artist}",
            "I giovedì del jazz: {artist}",
        ],
        topics: &["swing", "bebop", "latin jazz", "soul jazz", "gipsy jazz"],
        sentences: &[
            "{artist} suona standard e brani originali.",
            "Due set di {topic} e poi jam session aperta a tutti.",
            "Candele, cocktail e improvvisazione fino a notte fonda.",
        ],
        tags: &["jazz", "musica dal vivo", "concerto", "jam session", "notte"],
    },
    techno: Phrases {
        titles: &[
            "Notte {topic} con {artist}",
            "{artist} per tutta la notte",
            "Festa al {venue}: {artist}",
            "{district} dopo mezzanotte: {topic}",
        ],
        topics: &["techno", "deep house", "acid", "minimal", "trance"],
        sentences: &[
            "{artist} suona {topic} fino all'alba.",
            "Una sala buia, un impianto nuovo e niente telefoni in pista.",
            "DJ di {district} aprono la serata dalle undici.",
        ],
        tags: &["techno", "club", "musica elettronica", "DJ", "festa"],
    },
    classical: Phrases {
        titles: &[
            "{artist} suona {topic}",
            "Musica da camera al {venue}: {topic}",
            "Concerto della domenica con {artist}",
            "Da {topic} a oggi",
        ],
        topics: &["Vivaldi", "Boccherini", "Scarlatti", "Beethoven", "Mozart", "Respighi"],
        sentences: &[
            "In programma musiche di {topic} e dei suoi contemporanei.",
            "Una breve introduzione precede il concerto.",
            "Un recital in una delle sale più belle di {city}.",
        ],
        tags: &["classica", "musica da camera", "concerto", "recital"],
    },
    rock: Phrases {
        titles: &["{artist} in tour", "{artist} al {venue}", "Serata {topic}: {artist} e ospiti", "{artist} a {city}"],
        topics: &["indie rock", "punk", "garage", "post-punk", "folk rock"],
        sentences: &[
            "{artist} presenta il nuovo album, in piedi e a tutto volume.",
            "Due gruppi di {district} aprono la serata.",
            "Ci saranno {topic}, vecchi successi e lunghi bis.",
        ],
        tags: &["rock", "concerto", "musica dal vivo", "indie"],
    },
    theatre: Phrases {
        titles: &["{topic} al {venue}", "Prima: {topic}", "{artist} mette in scena {topic}", "{topic}, una rilettura"],
        topics: &["La locandiera", "Sei personaggi in cerca d'autore", "Antigone", "Enrico IV", "Arlecchino"],
        sentences: &[
            "{artist} porta il testo in scena in una nuova versione.",
            "Sei attori, un palco nudo e due ore senza intervallo.",
            "Dopo lo spettacolo gli attori incontrano il pubblico.",
        ],
        tags: &["teatro", "prosa", "dramma", "spettacolo"],
    },
    comedy: Phrases {
        titles: &[
            "{artist}: {topic}",
            "Serata comica al {venue} con {artist}",
            "Stand-up a {district}: {artist}",
            "{artist} prova battute nuove",
        ],
        topics: &["Niente di personale", "Lavori in corso", "Scusate il ritardo", "Quasi sul serio"],
        sentences: &[
            "{artist} racconta la famiglia, i coinquilini e altri disastri.",
            "Cinque comici, un microfono e dieci minuti a testa.",
            "Un'ora nuova di stand-up, appena arrivata dai festival.",
        ],
        tags: &["comicità", "stand-up", "cabaret", "risate"],
    },
    exhibition: Phrases {
        titles: &["{artist}: {topic}", "{topic}. Opere recenti", "{topic} al {venue}", "{artist}, una retrospettiva"],
        topics: &["Luce e acqua", "La città silenziosa", "Confini", "Nature morte", "Dopo la pioggia"],
        sentences: &[
            "La mostra riunisce dipinti e disegni di due decenni.",
            "Quaranta opere di {artist}, molte mai viste prima.",
            "Visite guidate ogni giovedì sera.",
        ],
        tags: &["mostra", "arte", "museo", "pittura"],
    },
    film: Phrases {
        titles: &[
            "{topic} al {venue}",
            "Settimana del cinema di {city}: {topic}",
            "Proiezione di mezzanotte: {topic}",
            "{topic} alla presenza dei registi",
        ],
        topics: &["film muti", "documentari", "cortometraggi", "noir", "film d'animazione"],
        sentences: &[
            "Tutti i film sono in lingua originale con sottotitoli.",
            "Segue un dibattito con gli autori.",
            "Copie restaurate, pianoforte e popcorn.",
        ],
        tags: &["film", "cinema", "proiezione", "festival"],
    },
};
