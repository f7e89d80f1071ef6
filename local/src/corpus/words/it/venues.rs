//! What venues are called in Italian.

use super::super::Named;

/// In the order of `venues::Kind`.
pub(super) const VENUES: [Named; 11] = [
    Named {
        names: &["Club {noun}", "Jazz Club {district}", "Circolo {noun}", "Bar {noun}"],
        sentences: &[
            "Un piccolo club a {district} con musica dal vivo quasi ogni sera.",
            "Soffitto basso, buon suono e bancone aperto fino a tardi.",
        ],
        tags: &["club", "musica dal vivo", "notte", "bar"],
    },
    Named {
        names: &["Grande Teatro di {district}", "Palazzo {last}", "Conservatorio {last}"],
        sentences: &[
            "Una sala nota per l'acustica e per l'organo.",
            "Concerti sinfonici, cori e recital tutto l'anno a {city}.",
        ],
        tags: &["sala da concerto", "classica", "acustica", "orchestra"],
    },
    Named {
        names: &["Teatro di {district}", "Teatro {last}", "Teatro {noun}"],
        sentences: &[
            "Un teatro di velluto rosso e oro nel cuore di {district}.",
            "Drammi, commedie e spettacoli per bambini.",
        ],
        tags: &["teatro", "palcoscenico", "prosa", "commedia"],
    },
    Named {
        names: &["Mercato di {district}", "Mercato coperto {last}", "Mercato della {noun}"],
        sentences: &[
            "Sotto il tetto di ferro ci sono una sessantina di banchi.",
            "Qui vendono contadini, fornai e artigiani dei dintorni di {city}.",
        ],
        tags: &["mercato", "cibo", "bancarelle", "spesa"],
    },
    Named {
        names: &["Centro Congressi {district}", "Palacongressi {last}", "Forum {noun}"],
        sentences: &[
            "Tre auditorium e venti sale riunioni.",
            "Pensato per congressi, fiere e convegni, vicino alla stazione.",
        ],
        tags: &["congressi", "convegni", "fiera", "riunioni"],
    },
    Named {
        names: &["Museo di {district}", "Museo {last}", "Museo della {noun}"],
        sentences: &[
            "La collezione copre cinque secoli di pittura e design.",
            "Mostre temporanee, un cortile tranquillo e un buon caffè.",
        ],
        tags: &["museo", "arte", "mostra", "cultura"],
    },
    Named {
        names: &["Campo Sportivo di {district}", "Centro Sportivo {last}", "Palasport {district}"],
        sentences: &[
            "La casa della squadra di calcio di {district}.",
            "Tribune coperte e riflettori per le partite serali.",
        ],
        tags: &["stadio", "calcio", "sport", "campo"],
    },
    Named {
        names: &["Centro Yoga {district}", "Loft {noun}", "Centro {last}"],
        sentences: &[
            "Uno spazio luminoso con pavimento in legno sopra i tetti di {district}.",
            "Corsi dal primo mattino fino a sera.",
        ],
        tags: &["studio", "yoga", "corsi", "danza"],
    },
    Named {
        names: &["Cinema {noun}", "Cinema {last}", "Cineclub {district}"],
        sentences: &["Film indipendenti in lingua originale.", "Due sale, vecchie poltrone e un bar nell'atrio."],
        tags: &["cinema", "film", "proiezione", "lingua originale"],
    },
    Named {
        names: &["Parco di {district}", "Giardino {last}", "Parco della {noun}"],
        sentences: &[
            "Prati, alberi antichi e un palco all'aperto a {district}.",
            "Qui ci si ritrova nelle sere d'estate a {city}.",
        ],
        tags: &["parco", "aria aperta", "giardino", "picnic"],
    },
    Named {
        names: &["Wine Bar {last}", "Cantinone di {district}", "Banco Vini {noun}"],
        sentences: &[
            "Duemila bottiglie sotto una volta di mattoni.",
            "Piccoli vignaioli, vino al calice e cucina semplice a {district}.",
        ],
        tags: &["vino", "cantina", "degustazione", "bar"],
    },
];
