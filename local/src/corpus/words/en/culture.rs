//! What is said of culture in English.

use super::super::{Culture, Phrases};

pub(super) const CULTURE: Culture = Culture {
    jazz: Phrases {
        titles: &[
            "Late-night {topic} at {venue}",
            "{artist} live in {district}",
            "An evening of {topic} with {artist}",
            "{city} Jazz Sessions: {artist}",
            "{topic} brunch with {artist}",
        ],
        topics: &["jazz", "swing", "bebop", "Latin jazz", "soul jazz", "gypsy swing"],
        sentences: &[
            "{artist} bring standards and pieces of their own to {venue}.",
            "Two sets of {topic}, with an open jam session afterwards.",
            "Candlelight, cocktails and improvisation until after midnight.",
        ],
        tags: &["jazz", "live music", "concert", "jam session", "nightlife"],
    },
    techno: Phrases {
        titles: &[
            "{topic} night with {artist}",
            "{artist} all night long",
            "Warehouse rave: {artist} at {venue}",
            "{district} after dark: {topic}",
        ],
        topics: &["techno", "deep house", "acid", "minimal", "drum and bass", "trance"],
        sentences: &[
            "{artist} plays {topic} on the main floor until sunrise.",
            "A dark room, a new sound system and no phones on the dance floor.",
            "Local DJs warm up the crowd from eleven.",
        ],
        tags: &["techno", "club", "electronic music", "DJ", "party"],
    },
    classical: Phrases {
        titles: &[
            "{artist} play {topic}",
            "Chamber music at {venue}: {topic}",
            "Sunday recital with {artist}",
            "From {topic} to the present: {artist}",
        ],
        topics: &["Beethoven", "Mozart", "Schubert", "Bach", "Debussy", "Shostakovich"],
        sentences: &[
            "{artist} perform works by {topic} and his contemporaries.",
            "A short talk before the concert introduces the programme.",
            "An intimate recital in one of the finest halls of {city}.",
        ],
        tags: &["classical", "chamber music", "concert", "recital", "orchestra"],
    },
    rock: Phrases {
        titles: &[
            "{artist} on tour",
            "{artist} at {venue}",
            "{topic} night: {artist} and guests",
            "{artist} play {city}",
        ],
        topics: &["indie rock", "punk", "garage rock", "post-punk", "folk rock", "metal"],
        sentences: &[
            "{artist} present their new album, loud and without a seat in the house.",
            "Two support bands from {district} open the night.",
            "Expect {topic}, old hits and a long encore.",
        ],
        tags: &["rock", "concert", "live music", "indie", "gig"],
    },
    theatre: Phrases {
        titles: &["{topic} by {artist}", "{topic} at {venue}", "Opening night: {topic}", "{artist} stage {topic}"],
        topics: &["Hamlet", "The Cherry Orchard", "A Doll's House", "Antigone", "The Tempest", "Waiting for Godot"],
        sentences: &[
            "{artist} bring {topic} to the stage in a new translation.",
            "A cast of six, a bare stage and two hours without an interval.",
            "After the performance the actors meet the audience in the foyer.",
        ],
        tags: &["theatre", "drama", "play", "stage", "performance"],
    },
    comedy: Phrases {
        titles: &[
            "{artist}: {topic}",
            "Comedy night at {venue} with {artist}",
            "Stand-up in {district}: {artist}",
            "{artist} and friends try new jokes",
        ],
        topics: &["Nothing Personal", "Work in Progress", "Sorry I'm Late", "Best Behaviour", "Mostly Harmless"],
        sentences: &[
            "{artist} talks about family, flat-sharing and other disasters.",
            "Five comedians, one microphone and ten minutes each.",
            "A new hour of stand-up, fresh from the festivals.",
        ],
        tags: &["comedy", "stand-up", "humour", "open mic", "laughs"],
    },
    exhibition: Phrases {
        titles: &[
            "{artist}: {topic}",
            "{topic}: new works by {artist}",
            "{topic} at {venue}",
            "{artist} in retrospect",
        ],
        topics: &["Light and Water", "The Quiet City", "Borders", "Still Lives", "After the Rain", "Common Ground"],
        sentences: &[
            "The exhibition brings together paintings and drawings from two decades.",
            "{venue} shows forty works by {artist}, many for the first time.",
            "Guided tours take place every Thursday evening.",
        ],
        tags: &["exhibition", "art", "museum", "painting", "contemporary"],
    },
    film: Phrases {
        titles: &[
            "{topic} at {venue}",
            "{city} Film Week: {topic}",
            "Midnight screening: {topic}",
            "{topic}, with the director present",
        ],
        topics: &["silent film classics", "new documentaries", "short films", "film noir", "animated films"],
        sentences: &[
            "{venue} screens {topic} in their original versions with subtitles.",
            "A discussion with the film-makers follows.",
            "Restored prints, live piano and popcorn.",
        ],
        tags: &["film", "cinema", "screening", "festival", "movies"],
    },
};
