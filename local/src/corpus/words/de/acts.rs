//! What artists are called in German.

use super::super::Named;

/// In the order of `artists::Act`.
pub(super) const ACTS: [Named; 7] = [
    Named {
        names: &["{last} Quartett", "{first} {last} Trio", "{noun} Jazzkombo"],
        sentences: &[
            "{artist} verbindet Swing und freie Improvisation.",
            "Kontrabass, Besen und ein warmes Tenorsaxofon prägen den Klang.",
            "Die Gruppe aus {city} spielt eigene Stücke und alte Standards.",
        ],
        tags: &["Jazz", "Livemusik", "Swing", "Band"],
    },
    Named {
        names: &["DJ {first} {last}", "{noun}maschine", "{noun} {last}"],
        sentences: &[
            "{artist} legt Techno und House in den Clubs von {city} auf.",
            "Hypnotische Sets von der Dämmerung bis zur ersten U-Bahn.",
            "Bekannt für Platten in kleiner Auflage auf dem eigenen Label.",
        ],
        tags: &["Techno", "Elektronik", "DJ", "House"],
    },
    Named {
        names: &["{last} Streichquartett", "Ensemble {noun}", "Kammersolisten {last}"],
        sentences: &[
            "Kammermusik von Haydn bis zur Gegenwart ist ihr Zuhause.",
            "{artist} fand sich am Konservatorium in {city} zusammen.",
            "Die Aufnahmen später Beethoven-Quartette wurden mehrfach ausgezeichnet.",
        ],
        tags: &["Klassik", "Kammermusik", "Streicher", "Ensemble"],
    },
    Named {
        names: &["Die {noun}bande", "{noun} & {last}", "{last} und die Anderen"],
        sentences: &[
            "Laute Gitarren, drei Stimmen und Refrains zum Mitsingen.",
            "Eine Rockband aus {city}, die nie zweimal dasselbe spielt.",
            "{artist} ist seit Jahren fast ständig auf Tournee.",
        ],
        tags: &["Rock", "Indie", "Band", "Gitarren"],
    },
    Named {
        names: &["Theater {noun}", "Ensemble {last}", "Freie Bühne {noun}"],
        sentences: &[
            "{artist} bringt Klassiker an ungewöhnliche Orte.",
            "Neue Stücke junger Autorinnen und Autoren stehen im Mittelpunkt.",
            "Eine kleine Truppe aus {city}, die sich alle Rollen teilt.",
        ],
        tags: &["Theater", "Schauspiel", "Bühne", "Ensemble"],
    },
    Named {
        names: &["{first} {last}"],
        sentences: &[
            "{artist} steht für Stand-up und Kabarett aus {city}.",
            "Trocken, schnell und freundlicher, als es zunächst scheint.",
            "Regelmäßig zu Gast auf Kleinkunstbühnen und im Fernsehen.",
        ],
        tags: &["Kabarett", "Stand-up", "Humor", "Comedy"],
    },
    Named {
        names: &["{first} {last}", "Atelier {last}"],
        sentences: &[
            "Große Leinwände entstehen in einer ehemaligen Werkstatt in {city}.",
            "{artist} malt Farbe, Erinnerung und Meer.",
            "Arbeiten befinden sich in Museen und privaten Sammlungen.",
        ],
        tags: &["Malerei", "Gegenwartskunst", "bildende Kunst", "Galerie"],
    },
];
