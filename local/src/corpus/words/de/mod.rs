//! German.

mod acts;
mod culture;
mod town;
mod venues;

use super::Words;

/// German. What venues are called is masculine or neuter, so that one is "im" them.
pub(crate) static DE: Words = Words {
    code: "de",
    firsts: &[
        "Jonas",
        "Lena",
        "Matthias",
        "Annika",
        "Sebastian",
        "Franziska",
        "Jürgen",
        "Käthe",
        "Moritz",
        "Henrike",
        "Björn",
        "Theresa",
        "Emre",
        "Friederike",
        "Lukas",
        "Marlene",
    ],
    lasts: &[
        "Grünwald",
        "Hofstätter",
        "Lindemann",
        "Krämer",
        "Schönfeld",
        "Vogelsang",
        "Bachmayer",
        "Weißenborn",
        "Yıldız",
        "Brückner",
        "Hallstein",
        "Oberhuber",
        "Rosenthal",
        "Steinmüller",
        "Wächter",
        "Zellweger",
    ],
    nouns: &[
        "Nordlicht",
        "Kupfer",
        "Mondschein",
        "Silber",
        "Schwalben",
        "Gläser",
        "Amsel",
        "Linden",
        "Sternen",
        "Föhn",
        "Ziegel",
        "Morgenrot",
        "Wolken",
        "Kastanien",
        "Räuber",
        "Dampf",
    ],
    acts: acts::ACTS,
    venues: venues::VENUES,
    practical: &[
        "Die Anreise mit öffentlichen Verkehrsmitteln ist einfach.",
        "Die Plätze sind begrenzt, bitte früh buchen.",
    ],
    indoors: &[
        "Einlass ist eine Stunde vor Beginn.",
        "Restkarten gibt es an der Abendkasse.",
        "Für Essen und Getränke ist gesorgt.",
    ],
    outdoors: &["Die Veranstaltung findet bei jedem Wetter statt."],
    all_ages: &[
        "Kinder unter zwölf Jahren kommen in Begleitung kostenlos hinein.",
        "Alle sind willkommen, mit und ohne Vorkenntnisse.",
    ],
    facilities: &[
        "Ein Aufzug führt in alle Stockwerke.",
        "Fahrräder können im Hof abgestellt werden.",
        "Das Haus kann für private Feiern gemietet werden.",
        "Die nächste Haltestelle ist fünf Minuten entfernt.",
        "Führungen gibt es an jedem ersten Sonntag im Monat.",
    ],
    culture: culture::CULTURE,
    town: town::TOWN,
};
