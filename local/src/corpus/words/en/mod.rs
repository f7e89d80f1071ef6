//! English.

mod acts;
mod culture;
mod town;
mod venues;

use super::Words;

/// English.
pub(crate) static EN: Words = Words {
    code: "en",
    firsts: &[
        "Nora", "Theo", "Maya", "Oscar", "Isla", "Marcus", "Ruby", "Felix", "Grace", "Jonah", "Priya", "Amir", "Zoe",
        "Callum", "Leah", "Desmond",
    ],
    lasts: &[
        "Whitfield",
        "Okafor",
        "Hargreaves",
        "Bennett",
        "Lindqvist",
        "Doyle",
        "Castellane",
        "Mercer",
        "Ashworth",
        "Kowalski",
        "Sinclair",
        "Adeyemi",
        "Novak",
        "Fairchild",
        "Demir",
        "Van Houten",
    ],
    nouns: &[
        "Harbour", "Lantern", "Copper", "Blue", "Willow", "Foundry", "Juniper", "Old Mill", "Silver", "Paper",
        "Velvet", "Northern", "Magpie", "Electric", "Garden", "Midnight",
    ],
    acts: acts::ACTS,
    venues: venues::VENUES,
    practical: &["The venue is easy to reach by public transport.", "Places are limited, so please book early."],
    indoors: &[
        "Doors open one hour before the start.",
        "Tickets are also sold at the door while they last.",
        "Food and drinks are available all evening.",
    ],
    outdoors: &["It takes place in any weather."],
    all_ages: &[
        "Children under twelve come in free with an adult.",
        "Everybody is welcome, with or without experience.",
    ],
    facilities: &[
        "There is a lift to all floors.",
        "Bicycles can be left in the courtyard.",
        "It can be rented for private parties.",
        "The nearest station is five minutes away.",
        "Guided tours are held on the first Sunday of the month.",
    ],
    culture: culture::CULTURE,
    town: town::TOWN,
};
