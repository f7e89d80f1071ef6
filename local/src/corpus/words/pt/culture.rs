//! What is said of culture in Portuguese.

use super::super::{Culture, Phrases};

pub(super) const CULTURE: Culture = Culture {
    jazz: Phrases {
        titles: &[
            "Noite de jazz no {venue}",
            "{artist} ao vivo em {district}",
            "Uma noite de {topic} com {artist}",
            "Quintas de jazz: {artist}",
        ],
        topics: &["swing", "bossa nova", "samba-jazz", "jazz latino", "choro"],
        sentences: &[
            "{artist} toca clássicos e temas próprios.",
            "Duas partes de {topic} e depois jam session aberta.",
            "Velas, coquetéis e improviso até depois da meia-noite.",
        ],
        tags: &["jazz", "música ao vivo", "concerto", "jam session", "noite"],
    },
    techno: Phrases {
        titles: &[
            "Noite de {topic} com {artist}",
            "{artist} a noite toda",
            "Festa no {venue}: {artist}",
            "{district} de madrugada: {topic}",
        ],
        topics: &["techno", "deep house", "acid", "minimal", "trance"],
        sentences: &[
            "{artist} toca {topic} até ao nascer do sol.",
            "Uma sala escura, um sistema de som novo e nada de telemóveis na pista.",
            "DJs de {district} abrem a noite a partir das onze.",
        ],
        tags: &["techno", "discoteca", "música eletrónica", "DJ", "festa"],
    },
    classical: Phrases {
        titles: &[
            "{artist} toca {topic}",
            "Música de câmara no {venue}: {topic}",
            "Recital de domingo com {artist}",
            "De {topic} aos nossos dias",
        ],
        topics: &["Villa-Lobos", "Carlos Seixas", "Beethoven", "Mozart", "Chopin", "Guarnieri"],
        sentences: &[
            "No programa, obras de {topic} e dos seus contemporâneos.",
            "Uma breve conversa apresenta o programa antes do concerto.",
            "Um recital intimista numa das melhores salas de {city}.",
        ],
        tags: &["clássica", "música de câmara", "concerto", "recital"],
    },
    rock: Phrases {
        titles: &[
            "{artist} em digressão",
            "{artist} no {venue}",
            "Noite de {topic}: {artist} e convidados",
            "{artist} em {city}",
        ],
        topics: &["rock indie", "punk", "rock de garagem", "pós-punk", "folk rock"],
        sentences: &[
            "{artist} apresenta o novo disco, de pé e no volume máximo.",
            "Duas bandas de {district} abrem a noite.",
            "Vai haver {topic}, velhos êxitos e muitos encores.",
        ],
        tags: &["rock", "concerto", "música ao vivo", "indie"],
    },
    theatre: Phrases {
        titles: &["{topic} no {venue}", "Estreia: {topic}", "{artist} apresenta {topic}", "{topic}, uma nova leitura"],
        topics: &[
            "Auto da Barca do Inferno",
            "O Pagador de Promessas",
            "Antígona",
            "Frei Luís de Sousa",
            "Vestido de Noiva",
        ],
        sentences: &[
            "{artist} leva o texto à cena numa nova versão.",
            "Seis atores, um palco nu e duas horas sem intervalo.",
            "Depois do espetáculo há uma conversa com o elenco.",
        ],
        tags: &["teatro", "drama", "peça", "palco"],
    },
    comedy: Phrases {
        titles: &[
            "{artist}: {topic}",
            "Noite de comédia no {venue} com {artist}",
            "Stand-up em {district}: {artist}",
            "{artist} experimenta piadas novas",
        ],
        topics: &["Nada pessoal", "Em obras", "Desculpem o atraso", "Quase a sério"],
        sentences: &[
            "{artist} fala da família, de dividir casa e de outros desastres.",
            "Cinco comediantes, um microfone e dez minutos para cada um.",
            "Uma hora nova de humor, acabada de chegar dos festivais.",
        ],
        tags: &["comédia", "humor", "stand-up", "riso"],
    },
    exhibition: Phrases {
        titles: &["{artist}: {topic}", "{topic}. Obras recentes", "{topic} no {venue}", "{artist}, uma retrospetiva"],
        topics: &["Luz e água", "A cidade calada", "Fronteiras", "Naturezas-mortas", "Depois da chuva"],
        sentences: &[
            "A exposição reúne pinturas e desenhos de duas décadas.",
            "Quarenta obras de {artist}, muitas delas inéditas.",
            "Visitas guiadas todas as quintas à noite.",
        ],
        tags: &["exposição", "arte", "museu", "pintura"],
    },
    film: Phrases {
        titles: &[
            "{topic} no {venue}",
            "Semana do cinema de {city}: {topic}",
            "Sessão da meia-noite: {topic}",
            "{topic} com debate",
        ],
        topics: &["cinema mudo", "documentários", "curtas-metragens", "filme noir", "filmes de animação"],
        sentences: &[
            "Os filmes passam em versão original com legendas.",
            "Segue-se um debate com os realizadores.",
            "Cópias restauradas, piano e pipocas.",
        ],
        tags: &["cinema", "filme", "sessão", "festival"],
    },
};
