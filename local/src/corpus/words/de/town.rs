//! What is said of a town's other events in German.

use super::super::{Phrases, Town};

pub(super) const TOWN: Town = Town {
    food: Phrases {
        titles: &[
            "{topic} im {venue}",
            "{topic} in {district}",
            "So schmeckt {city}: {topic}",
            "Langer Samstag: {topic}",
        ],
        topics: &["Streetfood-Markt", "Bauernmarkt", "Käsemarkt", "Genussmarkt", "veganer Markt", "Kaffee und Kuchen"],
        sentences: &[
            "Rund vierzig Köche und Erzeuger bieten ihre besten Gerichte an.",
            "Von Stand zu Stand kosten und mit den Menschen dahinter reden.",
            "Musik aus {district}, lange Tische und viel Vegetarisches.",
        ],
        tags: &["Essen", "Markt", "Streetfood", "regional", "Genuss"],
    },
    wine: Phrases {
        titles: &[
            "Weinverkostung im {venue}: {topic}",
            "Sechs Gläser {topic}",
            "{topic} für Einsteiger",
            "Zu Gast beim Winzer: {topic}",
        ],
        topics: &["Riesling", "Grüner Veltliner", "Naturwein", "Schaumwein", "Blaufränkisch"],
        sentences: &[
            "Eine Sommelière führt durch sechs Gläser {topic}.",
            "Dazu gibt es Brot, Käse und Oliven.",
            "Riechen, schmecken und benennen lernen, was im Glas ist.",
        ],
        tags: &["Wein", "Verkostung", "Winzer", "Genuss"],
    },
    crafts: Phrases {
        titles: &[
            "{topic} {district}",
            "{topic} im {venue}",
            "Von Hand gemacht: {topic}",
            "{topic} mit Werkstatt für alle",
        ],
        topics: &["Kunsthandwerksmarkt", "Töpfermarkt", "Designmarkt", "Textilmarkt", "Schmuckmarkt"],
        sentences: &[
            "Handwerkerinnen und Handwerker der Region zeigen und verkaufen ihre Arbeiten.",
            "Töpfern, Weben und Buchbinden zum Zuschauen.",
            "Zu jeder vollen Stunde beginnt ein Kurs für Anfänger.",
        ],
        tags: &["Kunsthandwerk", "handgemacht", "Markt", "Design"],
    },
    christmas: Phrases {
        titles: &[
            "Weihnachtsmarkt am {square}",
            "Christkindlmarkt {district}",
            "{topic} am {square}",
            "Adventmarkt in {district}",
        ],
        topics: &["Lichterzauber", "Adventsingen", "Weihnachtsdorf"],
        sentences: &[
            "Glühwein, gebrannte Mandeln und Holzspielzeug am {square}.",
            "Jeden Abend singen Chöre aus {city}.",
            "Achtzig Hütten mit Geschenken und warmem Essen.",
        ],
        tags: &["Weihnachten", "Markt", "Advent", "Winter", "Glühwein"],
    },
    street: Phrases {
        titles: &["Straßenfest am {square}", "Straßenfest {district}", "{topic} in {district}", "{topic} am {square}"],
        topics: &["Sommerfest", "Nachbarschaftsfest", "Straßenkunst", "Kulturlauf", "Tanz im Freien"],
        sentences: &[
            "Drei Bühnen, ein Umzug und Nachbarn, die füreinander kochen.",
            "Ein Wochenende lang gehören die Straßen den Fußgängern.",
            "Livemusik, Flohmarkt und Kinderecke in {district}.",
        ],
        tags: &["Straßenfest", "Open Air", "Nachbarschaft", "gratis", "Sommer"],
    },
    family: Phrases {
        titles: &[
            "{topic} für Kinder im {venue}",
            "Familiensonntag: {topic}",
            "{topic} für die ganze Familie",
            "Kleines {city} ganz groß: {topic}",
        ],
        topics: &["Puppentheater", "Zaubershow", "Forscherlabor", "Märchenstunde", "Schnitzeljagd", "Kinderzirkus"],
        sentences: &[
            "Für Kinder ab vier Jahren und ihre Großen.",
            "Vorher gibt es Kinderschminken und Luftballons.",
            "Kurz genug für die Kleinen, lustig genug für die Großen.",
        ],
        tags: &["Familie", "Kinder", "Wochenende", "Mitmachen"],
    },
    football: Phrases {
        titles: &[
            "{district} gegen {topic}",
            "Heimspiel im {venue} gegen {topic}",
            "Derby: {district} gegen {topic}",
            "Pokalabend in {district}: {topic}",
        ],
        topics: &["Eintracht", "Rapid", "Union", "Viktoria", "Wacker", "Fortuna"],
        sentences: &[
            "Ein Ligaspiel unter Flutlicht.",
            "Die Heimmannschaft braucht drei Punkte gegen {topic}.",
            "Die Fans treffen sich zwei Stunden vorher zum gemeinsamen Marsch.",
        ],
        tags: &["Fußball", "Spiel", "Liga", "Sport"],
    },
    running: Phrases {
        titles: &["{topic} {city}", "{topic} durch {district}", "{city} läuft: {topic}", "{topic} für den guten Zweck"],
        topics: &["Halbmarathon", "Nachtlauf", "Stadtmarathon", "Staffellauf", "Frauenlauf"],
        sentences: &[
            "Die Strecke führt am Wasser entlang und an den Sehenswürdigkeiten vorbei.",
            "Gestartet wird in Gruppen am {square}.",
            "Im Ziel warten Medaillen, Suppe und Massagen.",
        ],
        tags: &["Laufen", "Lauf", "Marathon", "Sport", "Fitness"],
    },
    yoga: Phrases {
        titles: &[
            "{topic} im {venue}",
            "{topic} bei Sonnenaufgang in {district}",
            "{topic} für Anfänger",
            "Durchatmen: {topic} und Meditation",
        ],
        topics: &["Vinyasa-Yoga", "Yin-Yoga", "Hatha-Yoga", "Schwangerschaftsyoga"],
        sentences: &[
            "Eine ruhige Stunde zum Dehnen, Atmen und Loslassen.",
            "Matten und Tee sind vorhanden.",
            "Jede Haltung wird an den eigenen Körper angepasst.",
        ],
        tags: &["Yoga", "Wohlbefinden", "Meditation", "Anfänger", "Gesundheit"],
    },
    hiking: Phrases {
        titles: &[
            "Geführte Wanderung: {topic}",
            "Ab {district} zu Fuß: {topic}",
            "Raus aus {city}: {topic}",
            "Sonnenaufgangswanderung: {topic}",
        ],
        topics: &["am Fluss entlang", "über den Waldkamm", "durch alte Weinberge", "rund um den See"],
        sentences: &[
            "Zwölf leichte Kilometer {topic}.",
            "Gute Schuhe, Wasser und etwas für das Picknick mitbringen.",
            "Eine Botanikerin erklärt, was am Wegrand wächst.",
        ],
        tags: &["Wandern", "draußen", "Natur", "Führung"],
    },
    tech: Phrases {
        titles: &[
            "{topic}-Konferenz {city}",
            "{topic}-Tag im {venue}",
            "{topic}: Treffen in {district}",
            "Fachtagung {topic}",
        ],
        topics: &["Rust", "Cloud", "Maschinelles Lernen", "IT-Sicherheit", "Datenbanken", "Barrierefreies Web"],
        sentences: &[
            "Entwicklerinnen und Entwickler berichten, was im Betrieb funktioniert hat und was nicht.",
            "Zwei Vortragsreihen, praktische Kurse und ein Abend zum Kennenlernen.",
            "Die Vorträge werden aufgezeichnet.",
        ],
        tags: &["Technik", "Konferenz", "Software", "Entwickler", "Vorträge"],
    },
    medical: Phrases {
        titles: &[
            "Jahrestagung {topic} für Ärztinnen und Ärzte",
            "{topic}-Symposium {city}",
            "{topic}: Fortbildung für die Hausarztpraxis",
            "Europäische Tage der {topic}",
        ],
        topics: &["Kardiologie", "Onkologie", "Kinderheilkunde", "Neurologie", "Radiologie", "Diabetologie"],
        sentences: &[
            "Führende Fachleute stellen neue Studien und Leitlinien der {topic} vor.",
            "Die Teilnahme wird als ärztliche Fortbildung anerkannt.",
            "Fallbesprechungen, Posterausstellung und Industriemesse im {venue}.",
        ],
        tags: &["Medizin", "Kongress", "Ärzte", "Gesundheit", "Wissenschaft"],
    },
    startup: Phrases {
        titles: &[
            "Pitchabend im {venue}: {topic}",
            "Gründertreff {city}: {topic}",
            "Start-ups für {topic} stellen sich vor",
            "Investorenfrühstück {topic}",
        ],
        topics: &["Klima", "Finanzen", "Gesundheit", "Lebensmittel", "KI", "Mobilität"],
        sentences: &[
            "Zehn Teams haben je fünf Minuten, um Geldgeber zu überzeugen.",
            "Gründerinnen, Gründer und künftige Kollegen bei einem Getränk kennenlernen.",
            "Das beste Team gewinnt einen Platz in einem Förderprogramm.",
        ],
        tags: &["Start-up", "Pitch", "Investoren", "Gründer", "Netzwerken"],
    },
};
