//! What is said of culture in German.

use super::super::{Culture, Phrases};

pub(super) const CULTURE: Culture = Culture {
    jazz: Phrases {
        titles: &[
            "Jazznacht im {venue}",
            "{artist} live in {district}",
            "Ein Abend mit {artist}: {topic}",
            "{topic} bis Mitternacht im {venue}",
        ],
        topics: &["Swing", "Bebop", "Latin Jazz", "Soul Jazz", "Gypsy Swing"],
        sentences: &[
            "{artist} spielt Standards und eigene Stücke.",
            "Zwei Sets {topic}, danach offene Jamsession.",
            "Kerzenlicht, Cocktails und Improvisation bis nach Mitternacht.",
        ],
        tags: &["Jazz", "Livemusik", "Konzert", "Jamsession", "Nachtleben"],
    },
    techno: Phrases {
        titles: &[
            "{topic}-Nacht mit {artist}",
            "{artist} die ganze Nacht",
            "Rave im {venue}: {artist}",
            "{district} nach Mitternacht: {topic}",
        ],
        topics: &["Techno", "Deep House", "Acid", "Minimal", "Trance"],
        sentences: &[
            "{artist} spielt {topic} bis zum Sonnenaufgang.",
            "Ein dunkler Raum, eine neue Anlage und keine Handys auf der Tanzfläche.",
            "DJs aus {district} wärmen die Nacht ab elf Uhr auf.",
        ],
        tags: &["Techno", "Club", "elektronische Musik", "DJ", "Party"],
    },
    classical: Phrases {
        titles: &[
            "{artist} spielt {topic}",
            "Kammermusik im {venue}: {topic}",
            "Sonntagsmatinee mit {artist}",
            "Von {topic} bis heute",
        ],
        topics: &["Beethoven", "Mozart", "Schubert", "Bach", "Brahms", "Schönberg"],
        sentences: &[
            "Werke von {topic} und seinen Zeitgenossen stehen auf dem Programm.",
            "Eine kurze Einführung beginnt eine halbe Stunde vor dem Konzert.",
            "Ein Liederabend in einem der schönsten Säle von {city}.",
        ],
        tags: &["Klassik", "Kammermusik", "Konzert", "Orchester"],
    },
    rock: Phrases {
        titles: &[
            "{artist} auf Tour",
            "{artist} im {venue}",
            "{topic}-Abend: {artist} und Gäste",
            "{artist} in {city}",
        ],
        topics: &["Indierock", "Punk", "Postpunk", "Folkrock", "Metal"],
        sentences: &[
            "{artist} stellt das neue Album vor, laut und ohne Sitzplätze.",
            "Zwei Vorgruppen aus {district} eröffnen den Abend.",
            "Zu hören sind {topic}, alte Lieder und lange Zugaben.",
        ],
        tags: &["Rock", "Konzert", "Livemusik", "Indie"],
    },
    theatre: Phrases {
        titles: &["{topic} im {venue}", "Premiere: {topic}", "{artist} zeigt {topic}", "{topic}, neu gelesen"],
        topics: &["Faust", "Der Kirschgarten", "Nora", "Antigone", "Die Räuber", "Der zerbrochne Krug"],
        sentences: &[
            "{artist} bringt das Stück in neuer Übersetzung auf die Bühne.",
            "Sechs Menschen, eine leere Bühne, zwei Stunden ohne Pause.",
            "Nach der Vorstellung gibt es ein Gespräch mit dem Ensemble.",
        ],
        tags: &["Theater", "Schauspiel", "Drama", "Bühne"],
    },
    comedy: Phrases {
        titles: &[
            "{artist}: {topic}",
            "Comedyabend im {venue} mit {artist}",
            "Kabarett in {district}: {artist}",
            "{artist} probiert neue Witze",
        ],
        topics: &["Nichts Persönliches", "Baustelle", "Entschuldigung, zu spät", "Im Großen und Ganzen"],
        sentences: &[
            "{artist} erzählt von Familie, Wohngemeinschaften und anderen Katastrophen.",
            "Fünf Künstler, ein Mikrofon und je zehn Minuten.",
            "Ein neues Programm, frisch von den Festivals.",
        ],
        tags: &["Comedy", "Kabarett", "Stand-up", "Humor", "Kleinkunst"],
    },
    exhibition: Phrases {
        titles: &[
            "{artist}: {topic}",
            "{topic}. Neue Arbeiten von {artist}",
            "{topic} im {venue}",
            "{artist}. Eine Rückschau",
        ],
        topics: &["Licht und Wasser", "Die stille Stadt", "Grenzen", "Stillleben", "Nach dem Regen"],
        sentences: &[
            "Die Ausstellung vereint Gemälde und Zeichnungen aus zwei Jahrzehnten.",
            "Gezeigt werden vierzig Werke von {artist}, viele zum ersten Mal.",
            "Führungen finden jeden Donnerstagabend statt.",
        ],
        tags: &["Ausstellung", "Kunst", "Museum", "Malerei"],
    },
    film: Phrases {
        titles: &[
            "{topic} im {venue}",
            "Filmwoche {city}: {topic}",
            "Mitternachtskino: {topic}",
            "{topic} mit Regiegespräch",
        ],
        topics: &["Stummfilme", "neue Dokumentarfilme", "Kurzfilme", "Film noir", "Animationsfilme"],
        sentences: &[
            "Alle Filme laufen in der Originalfassung mit Untertiteln.",
            "Anschließend Diskussion mit den Filmschaffenden.",
            "Restaurierte Kopien, Klavier und Popcorn.",
        ],
        tags: &["Film", "Kino", "Vorführung", "Festival"],
    },
};
