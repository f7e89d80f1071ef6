//! What venues are called in English.

use super::super::Named;

/// In the order of `venues::Kind`.
pub(super) const VENUES: [Named; 11] = [
    Named {
        names: &["The {noun} Cellar", "The {noun} Club", "{district} Social", "The {noun} Room"],
        sentences: &[
            "{venue} is a small club in {district} with live music on most nights.",
            "A low ceiling, a good sound system and a bar that stays open late.",
        ],
        tags: &["club", "live music", "nightlife", "bar"],
    },
    Named {
        names: &["{district} Concert Hall", "{last} Hall", "{noun} Philharmonic Hall"],
        sentences: &[
            "{venue} is known for its acoustics and its large organ.",
            "Symphony concerts, choirs and recitals all year round in {city}.",
        ],
        tags: &["concert hall", "classical", "acoustics", "orchestra"],
    },
    Named {
        names: &["{district} Theatre", "The {noun} Playhouse", "{last} Theatre"],
        sentences: &[
            "A theatre of red velvet and gold in the middle of {district}.",
            "{venue} shows drama, comedy and plays for young audiences.",
        ],
        tags: &["theatre", "stage", "drama", "playhouse"],
    },
    Named {
        names: &["{district} Market Hall", "{noun} Market", "{last} Covered Market"],
        sentences: &[
            "Under the iron roof of {venue} there are some sixty stalls.",
            "Farmers, bakers and makers from around {city} sell here.",
        ],
        tags: &["market", "food", "stalls", "shopping"],
    },
    Named {
        names: &["{district} Conference Centre", "{last} Convention Centre", "{city} {noun} Forum"],
        sentences: &[
            "{venue} has three auditoriums and twenty meeting rooms.",
            "Made for congresses, trade fairs and company meetings, near the railway.",
        ],
        tags: &["conference centre", "congress", "meetings", "business"],
    },
    Named {
        names: &["{district} Museum", "{last} Museum of Art", "{noun} Museum"],
        sentences: &[
            "The collection of {venue} spans five centuries of painting and design.",
            "Changing exhibitions, a quiet courtyard and a good café.",
        ],
        tags: &["museum", "art", "exhibition", "culture"],
    },
    Named {
        names: &["{district} Stadium", "{last} Park Stadium", "{noun} Arena"],
        sentences: &[
            "{venue} is home to the football club of {district}.",
            "Covered stands on four sides and floodlights for evening matches.",
        ],
        tags: &["stadium", "football", "sport", "arena"],
    },
    Named {
        names: &["{noun} Studio", "{district} Yoga Loft", "{last} Movement Studio"],
        sentences: &[
            "A bright studio with wooden floors above the roofs of {district}.",
            "{venue} offers classes from early morning to late evening.",
        ],
        tags: &["studio", "yoga", "workshops", "dance"],
    },
    Named {
        names: &["{noun} Cinema", "{district} Picture House", "The {last} Cinema"],
        sentences: &[
            "{venue} shows independent films in their original language.",
            "Two screens, old seats and a foyer with a bar.",
        ],
        tags: &["cinema", "film", "screenings", "arthouse"],
    },
    Named {
        names: &["{district} Park", "{noun} Gardens", "{last} Common"],
        sentences: &[
            "Lawns, old trees and an open-air stage in {district}.",
            "{venue} is where {city} meets on warm evenings.",
        ],
        tags: &["park", "outdoor", "garden", "picnic"],
    },
    Named {
        names: &["{noun} Wine Cellar", "{last} Wine Rooms", "{district} Wine Vaults"],
        sentences: &[
            "{venue} keeps two thousand bottles under a brick vault.",
            "Small growers, open bottles and simple food in {district}.",
        ],
        tags: &["wine", "cellar", "tasting", "bar"],
    },
];
