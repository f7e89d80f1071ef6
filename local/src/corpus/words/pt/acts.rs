//! What artists are called in Portuguese.

use super::super::Named;

/// In the order of `artists::Act`.
pub(super) const ACTS: [Named; 7] = [
    Named {
        names: &["Quarteto {last}", "{first} {last} Trio", "Orquestra {noun}"],
        sentences: &[
            "{artist} junta o jazz à bossa nova e ao improviso.",
            "Contrabaixo, vassourinhas e um saxofone tenor de som quente.",
            "O grupo nasceu nas noites de {city}.",
        ],
        tags: &["jazz", "música ao vivo", "bossa nova", "grupo"],
    },
    Named {
        names: &["DJ {first} {last}", "{noun} Elétrica", "{first} {noun}"],
        sentences: &[
            "{artist} toca techno e house nas pistas de {city}.",
            "Sets hipnóticos do anoitecer ao primeiro comboio.",
            "Os discos saem em pequenas tiragens por um selo próprio.",
        ],
        tags: &["techno", "eletrónica", "DJ", "house"],
    },
    Named {
        names: &["Quarteto de cordas {last}", "Conjunto {noun}", "Duo {last}"],
        sentences: &[
            "Um repertório que vai de Haydn aos nossos dias.",
            "{artist} formou-se no conservatório de {city}.",
            "As gravações de Villa-Lobos receberam vários prémios.",
        ],
        tags: &["clássica", "música de câmara", "cordas", "conjunto"],
    },
    Named {
        names: &["Os {last}", "{noun} Preta", "A {noun}"],
        sentences: &[
            "Guitarras, três vozes e refrões para cantar em coro.",
            "{artist} faz rock em português em {city}.",
            "Anos de estrada e nunca dois concertos iguais.",
        ],
        tags: &["rock", "indie", "banda", "guitarras"],
    },
    Named {
        names: &["Companhia {noun}", "Teatro da {noun}", "Companhia {last}"],
        sentences: &[
            "{artist} leva os clássicos a lugares inesperados.",
            "A nova dramaturgia está no centro do seu trabalho.",
            "Uma pequena companhia de {city} que divide todos os papéis.",
        ],
        tags: &["teatro", "companhia", "cena", "drama"],
    },
    Named {
        names: &["{first} {last}"],
        sentences: &[
            "{artist} é uma voz do humor de {city}.",
            "Um humor seco, rápido e mais terno do que parece.",
            "Presença habitual nos festivais de comédia.",
        ],
        tags: &["humor", "stand-up", "comédia", "riso"],
    },
    Named {
        names: &["{first} {last}", "Ateliê {last}"],
        sentences: &[
            "Grandes telas pintadas numa antiga oficina de {city}.",
            "{artist} pinta a cor, a memória e o mar.",
            "As obras estão em museus e coleções particulares.",
        ],
        tags: &["pintura", "arte contemporânea", "artes visuais", "galeria"],
    },
];
