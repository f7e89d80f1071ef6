//! What artists are called in English.

use super::super::Named;

/// In the order of `artists::Act`.
pub(super) const ACTS: [Named; 7] = [
    Named {
        names: &["{first} {last} Quartet", "The {last} Trio", "{noun} Street Jazz Band"],
        sentences: &[
            "{artist} are a jazz group from {city} with a love of swing and long solos.",
            "Double bass, brushes and a warm tenor saxophone carry their sound.",
            "Their latest album was recorded live in a single night.",
        ],
        tags: &["jazz", "live music", "band", "swing"],
    },
    Named {
        names: &["DJ {first} {last}", "{first} {noun}", "{noun} {last}"],
        sentences: &[
            "{artist} plays techno and house in clubs all over the continent and lives in {city}.",
            "Hypnotic sets that run from dusk until the first train.",
            "Known for records pressed in small runs on a label of their own.",
        ],
        tags: &["techno", "electronic", "DJ", "house"],
    },
    Named {
        names: &["{last} String Quartet", "{noun} Chamber Ensemble", "Duo {last}"],
        sentences: &[
            "{artist} play chamber music from Haydn to the present day.",
            "The ensemble was founded at the conservatory of {city}.",
            "Their recordings of late Beethoven have won several prizes.",
        ],
        tags: &["classical", "chamber music", "strings", "ensemble"],
    },
    Named {
        names: &["The {noun} Riot", "{noun} {last}s", "The {last} Brothers", "{noun} Parade"],
        sentences: &[
            "{artist} are an indie rock band from {city}.",
            "Loud guitars, three voices and choruses made for singing along.",
            "They have toured for years and never play the same set twice.",
        ],
        tags: &["rock", "indie", "band", "guitars"],
    },
    Named {
        names: &["{noun} Theatre Company", "The {last} Players", "{noun} Stage Collective"],
        sentences: &[
            "{artist} is a theatre company from {city} that stages classics in unusual places.",
            "New writing by young playwrights is at the heart of their work.",
            "A small group of actors who play every role between them.",
        ],
        tags: &["theatre", "drama", "company", "stage"],
    },
    Named {
        names: &["{first} {last}"],
        sentences: &[
            "{artist} is a stand-up comedian from {city}.",
            "Dry, quick and kinder than it seems at first.",
            "A regular on late-night shows and at comedy festivals.",
        ],
        tags: &["comedy", "stand-up", "humour", "comedian"],
    },
    Named {
        names: &["{first} {last}", "Studio {last}"],
        sentences: &[
            "{artist} paints large canvases in a former workshop in {city}.",
            "Colour, memory and the sea are recurring subjects.",
            "Works are held by museums and private collections.",
        ],
        tags: &["painting", "contemporary art", "visual artist", "gallery"],
    },
];
