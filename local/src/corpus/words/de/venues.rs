//! What venues are called in German.

use super::super::Named;

/// In the order of `venues::Kind`.
pub(super) const VENUES: [Named; 11] = [
    Named {
        names: &["Jazzkeller {district}", "Club {noun}", "{noun}keller", "Gewölbe {district}"],
        sentences: &[
            "Ein kleiner Club in {district} mit Livemusik an den meisten Abenden.",
            "Niedrige Decke, guter Klang und eine Bar, die lange offen hat.",
        ],
        tags: &["Club", "Livemusik", "Nachtleben", "Bar"],
    },
    Named {
        names: &["Konzerthaus {district}", "{last}-Saal", "Großer Saal {district}"],
        sentences: &[
            "Das Haus ist für seine Akustik und seine Orgel bekannt.",
            "Sinfoniekonzerte, Chöre und Liederabende das ganze Jahr über in {city}.",
        ],
        tags: &["Konzertsaal", "Klassik", "Akustik", "Orchester"],
    },
    Named {
        names: &["Stadttheater {district}", "Schauspielhaus {district}", "{noun}theater", "{last}theater"],
        sentences: &[
            "Ein Theater aus rotem Samt und Gold mitten in {district}.",
            "Auf dem Spielplan stehen Dramen, Komödien und Stücke für Kinder.",
        ],
        tags: &["Theater", "Bühne", "Schauspiel", "Komödie"],
    },
    Named {
        names: &["Markthof {district}", "{noun}hof", "Marktzentrum {last}"],
        sentences: &[
            "Unter dem Eisendach gibt es rund sechzig Stände.",
            "Bauern, Bäcker und Handwerker aus der Umgebung von {city} verkaufen hier.",
        ],
        tags: &["Markt", "Essen", "Stände", "Einkaufen"],
    },
    Named {
        names: &["Kongresszentrum {district}", "{noun}-Forum {city}", "Tagungshaus {last}"],
        sentences: &[
            "Drei Hörsäle und zwanzig Besprechungsräume unter einem Dach.",
            "Gebaut für Kongresse, Messen und Tagungen, nahe am Bahnhof.",
        ],
        tags: &["Kongress", "Tagung", "Messe", "Konferenz"],
    },
    Named {
        names: &["Museum {district}", "Kunsthaus {last}", "{noun}-Museum"],
        sentences: &[
            "Die Sammlung umfasst fünf Jahrhunderte Malerei und Gestaltung.",
            "Wechselnde Ausstellungen, ein stiller Hof und ein gutes Café.",
        ],
        tags: &["Museum", "Kunst", "Ausstellung", "Kultur"],
    },
    Named {
        names: &["Stadion {district}", "{last}-Stadion", "Sportpark {district}"],
        sentences: &[
            "Heimat des Fußballvereins von {district}.",
            "Überdachte Tribünen auf vier Seiten und Flutlicht für Abendspiele.",
        ],
        tags: &["Stadion", "Fußball", "Sport", "Arena"],
    },
    Named {
        names: &["Studio {noun}", "Yogastudio {district}", "Bewegungsraum {last}"],
        sentences: &[
            "Ein heller Raum mit Holzboden über den Dächern von {district}.",
            "Kurse vom frühen Morgen bis in den späten Abend.",
        ],
        tags: &["Studio", "Yoga", "Kurse", "Tanz"],
    },
    Named {
        names: &["{noun}-Kino", "Filmcasino {district}", "Programmkino {last}"],
        sentences: &[
            "Unabhängige Filme in der Originalfassung.",
            "Zwei Säle, alte Sessel und ein Foyer mit Bar in {district}.",
        ],
        tags: &["Kino", "Film", "Programmkino", "Originalfassung"],
    },
    Named {
        names: &["Volkspark {district}", "{noun}garten", "{last}park"],
        sentences: &[
            "Wiesen, alte Bäume und eine Freiluftbühne in {district}.",
            "Hier trifft sich {city} an warmen Abenden.",
        ],
        tags: &["Park", "draußen", "Garten", "Picknick"],
    },
    Named {
        names: &["Weinkeller {district}", "Weinhaus {last}", "{noun}-Weinkeller"],
        sentences: &[
            "Zweitausend Flaschen lagern unter dem Ziegelgewölbe.",
            "Kleine Winzer, offene Flaschen und einfache Küche in {district}.",
        ],
        tags: &["Wein", "Keller", "Verkostung", "Bar"],
    },
];
