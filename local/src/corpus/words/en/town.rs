//! What is said of a town's other events in English.

use super::super::{Phrases, Town};

pub(super) const TOWN: Town = Town {
    food: Phrases {
        titles: &[
            "{topic} market at {venue}",
            "{district} {topic} festival",
            "Taste of {city}: {topic}",
            "{topic} Saturday at {venue}",
        ],
        topics: &["street food", "farmers'", "cheese", "vegan food", "seafood", "coffee and cake"],
        sentences: &[
            "Some forty cooks and producers offer their best dishes at {venue}.",
            "Taste your way from stall to stall and meet the people who make it.",
            "Local music, long tables and plenty for vegetarians.",
        ],
        tags: &["food", "market", "street food", "local produce", "tasting"],
    },
    wine: Phrases {
        titles: &[
            "{topic} tasting at {venue}",
            "Six glasses of {topic}",
            "An introduction to {topic}",
            "Meet the winemaker: {topic}",
        ],
        topics: &["natural wine", "Riesling", "Rioja", "sparkling wine", "Port", "orange wine"],
        sentences: &[
            "A sommelier guides you through six glasses of {topic}.",
            "Bread, cheese and olives come with the wines.",
            "Learn to smell, taste and name what is in the glass.",
        ],
        tags: &["wine", "tasting", "sommelier", "gastronomy"],
    },
    crafts: Phrases {
        titles: &[
            "{district} {topic} fair",
            "{topic} market at {venue}",
            "Makers of {city}: {topic}",
            "Handmade: {topic} weekend",
        ],
        topics: &["craft", "ceramics", "textile", "jewellery", "woodwork", "design"],
        sentences: &[
            "Makers from the whole region show and sell what they make by hand.",
            "Watch potters, weavers and bookbinders at work.",
            "Workshops for beginners run every hour.",
        ],
        tags: &["crafts", "handmade", "market", "design", "fair"],
    },
    christmas: Phrases {
        titles: &[
            "Christmas market at {square}",
            "{district} Christmas market",
            "Advent {topic} at {square}",
            "Winter wonderland in {district}",
        ],
        topics: &["lights", "carols", "crafts", "choirs"],
        sentences: &[
            "Mulled wine, roasted chestnuts and wooden toys around {square}.",
            "Choirs of {city} sing carols every evening.",
            "Eighty huts with gifts and warm food.",
        ],
        tags: &["Christmas", "market", "advent", "winter", "mulled wine"],
    },
    street: Phrases {
        titles: &[
            "{district} street festival",
            "{topic} in the streets of {district}",
            "{district} summer carnival",
            "Open-air {topic} at {square}",
        ],
        topics: &["music", "dancing", "circus", "art", "samba"],
        sentences: &[
            "Three stages, a parade and neighbours who cook for each other.",
            "The streets around {square} belong to pedestrians for a weekend.",
            "{topic}, flea market and children's corner in {district}.",
        ],
        tags: &["street festival", "open air", "neighbourhood", "free", "summer"],
    },
    family: Phrases {
        titles: &[
            "{topic} for children at {venue}",
            "Family Sunday: {topic}",
            "{topic} for the whole family",
            "Little {city}: {topic}",
        ],
        topics: &["puppet theatre", "magic show", "science lab", "storytelling", "juggling workshop", "treasure hunt"],
        sentences: &[
            "A {topic} for children from four years and their grown-ups.",
            "Come early for face painting and balloons.",
            "Short enough for small people, funny enough for big ones.",
        ],
        tags: &["family", "children", "kids", "weekend", "workshop"],
    },
    football: Phrases {
        titles: &[
            "{district} vs {topic}",
            "{topic} at {venue}",
            "Derby day: {district} against {topic}",
            "Cup night in {district}: {topic}",
        ],
        topics: &["United", "Rovers", "Athletic", "the Wanderers", "City", "Dynamo"],
        sentences: &[
            "A league match at {venue}, under floodlights.",
            "The home side needs three points against {topic}.",
            "Fans meet two hours earlier for the march to the ground.",
        ],
        tags: &["football", "soccer", "match", "league", "sport"],
    },
    running: Phrases {
        titles: &["{city} {topic}", "{district} {topic}", "Night {topic} through {district}", "Charity {topic} {city}"],
        topics: &["half marathon", "10K run", "marathon", "relay", "fun run"],
        sentences: &[
            "The course leads along the water and past the sights of {city}.",
            "Runners of every level start in waves from {square}.",
            "Medals, soup and massages wait at the finish.",
        ],
        tags: &["running", "race", "marathon", "sport", "fitness"],
    },
    yoga: Phrases {
        titles: &[
            "{topic} yoga at {venue}",
            "Sunrise {topic} yoga in {district}",
            "{topic} for beginners",
            "Breathe: {topic} and meditation",
        ],
        topics: &["vinyasa", "yin", "hatha", "restorative", "prenatal"],
        sentences: &[
            "A slow class to stretch, breathe and let go.",
            "Mats and tea are provided at {venue}.",
            "The teacher adapts every pose to your body.",
        ],
        tags: &["yoga", "wellness", "meditation", "beginners", "health"],
    },
    hiking: Phrases {
        titles: &[
            "Guided hike: {topic}",
            "{topic} walk from {district}",
            "A day out of {city}: {topic}",
            "Sunrise hike: {topic}",
        ],
        topics: &["the river path", "the forest ridge", "the old vineyards", "the lake shore", "the seven hills"],
        sentences: &[
            "An easy walk of twelve kilometres along {topic}.",
            "Bring good boots, water and something for the picnic.",
            "A botanist explains what grows beside the path.",
        ],
        tags: &["hiking", "outdoor", "nature", "guided walk", "trail"],
    },
    tech: Phrases {
        titles: &[
            "{city} {topic} Conference",
            "{topic} Day {city}",
            "{topic} Summit at {venue}",
            "{topic} meetup in {district}",
        ],
        topics: &["Rust", "Cloud Native", "Machine Learning", "Data Engineering", "Cybersecurity", "Web Performance"],
        sentences: &[
            "Engineers talk about what worked in production and what did not.",
            "Two tracks, hands-on workshops and an evening for {topic} people.",
            "Talks are in English and will be recorded.",
        ],
        tags: &["technology", "conference", "software", "developers", "talks"],
    },
    medical: Phrases {
        titles: &[
            "Annual {topic} congress for physicians",
            "{city} {topic} symposium",
            "{topic} update for general practitioners",
            "European {topic} days in {city}",
        ],
        topics: &["cardiology", "oncology", "paediatrics", "neurology", "radiology", "diabetes"],
        sentences: &[
            "Leading specialists present new studies and guidelines in {topic}.",
            "Hospital doctors and nurses earn credits for continuing education.",
            "Case discussions, poster sessions and an industry exhibition at {venue}.",
        ],
        tags: &["medicine", "congress", "doctors", "health", "science"],
    },
    startup: Phrases {
        titles: &[
            "{topic} pitch night at {venue}",
            "{city} founders meet: {topic}",
            "Demo day: {topic} startups",
            "{topic} investors' breakfast",
        ],
        topics: &["climate", "fintech", "health", "food tech", "AI", "mobility"],
        sentences: &[
            "Ten teams have five minutes each to convince the investors.",
            "Meet founders, angels and future colleagues over a drink.",
            "The winner takes home a place in an accelerator.",
        ],
        tags: &["startup", "pitch", "investors", "founders", "networking"],
    },
};
