//! Portuguese.

mod acts;
mod culture;
mod town;
mod venues;

use super::Words;

/// Portuguese. What venues are called is masculine, so that one is "no" them.
pub(crate) static PT: Words = Words {
    code: "pt",
    firsts: &[
        "João",
        "Beatriz",
        "Tomás",
        "Inês",
        "Caetano",
        "Luísa",
        "Gonçalo",
        "Marília",
        "Rafael",
        "Conceição",
        "Nuno",
        "Iara",
        "Sebastião",
        "Teresa",
        "Vinícius",
        "Clarice",
    ],
    lasts: &[
        "Magalhães",
        "Carvalho",
        "Conceição",
        "Figueiredo",
        "Assunção",
        "Barreto",
        "Guimarães",
        "Nóbrega",
        "Pacheco",
        "Salgueiro",
        "Teixeira",
        "Valadares",
        "Brandão",
        "Cordeiro",
        "Quadros",
        "Simões",
    ],
    nouns: &[
        "Lua",
        "Maré",
        "Andorinha",
        "Ladeira",
        "Brisa",
        "Garoa",
        "Candeia",
        "Jangada",
        "Estação",
        "Pitanga",
        "Saudade",
        "Faísca",
        "Varanda",
        "Névoa",
        "Cigarra",
        "Ponte",
    ],
    acts: acts::ACTS,
    venues: venues::VENUES,
    practical: &["Fácil de chegar de transportes públicos.", "Os lugares são limitados, por isso reserve cedo."],
    indoors: &[
        "As portas abrem uma hora antes do início.",
        "Também há bilhetes à porta, enquanto houver lugares.",
        "Há comida e bebida no local.",
    ],
    outdoors: &["Realiza-se com qualquer tempo."],
    all_ages: &[
        "Entrada livre para menores de doze anos acompanhados.",
        "Todos são bem-vindos, com ou sem experiência.",
    ],
    facilities: &[
        "Há elevador para todos os andares.",
        "As bicicletas podem ficar no pátio.",
        "Pode ser alugado para festas privadas.",
        "A estação mais próxima fica a cinco minutos.",
        "Visitas guiadas no primeiro domingo do mês.",
    ],
    culture: culture::CULTURE,
    town: town::TOWN,
};
