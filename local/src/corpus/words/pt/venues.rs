//! What venues are called in Portuguese.

use super::super::Named;

/// In the order of `venues::Kind`.
pub(super) const VENUES: [Named; 11] = [
    Named {
        names: &["Clube {noun}", "Clube de Jazz de {district}", "Bar da {noun}", "Porão de {district}"],
        sentences: &[
            "Um pequeno clube em {district} com música ao vivo quase todas as noites.",
            "Teto baixo, bom som e um bar que fecha tarde.",
        ],
        tags: &["clube", "música ao vivo", "noite", "bar"],
    },
    Named {
        names: &["Auditório de {district}", "Palácio {last}", "Auditório {last}"],
        sentences: &[
            "Conhecido pela acústica e pelo órgão.",
            "Concertos sinfónicos, coros e recitais durante todo o ano em {city}.",
        ],
        tags: &["auditório", "clássica", "acústica", "orquestra"],
    },
    Named {
        names: &["Teatro de {district}", "Teatro {last}", "Teatro {noun}"],
        sentences: &[
            "Um teatro de veludo vermelho e ouro no coração de {district}.",
            "Dramas, comédias e peças para crianças.",
        ],
        tags: &["teatro", "palco", "drama", "comédia"],
    },
    Named {
        names: &["Mercado de {district}", "Mercado {last}", "Mercado da {noun}"],
        sentences: &[
            "Debaixo do telhado de ferro há cerca de sessenta bancas.",
            "Aqui vendem agricultores, padeiros e artesãos dos arredores de {city}.",
        ],
        tags: &["mercado", "comida", "bancas", "compras"],
    },
    Named {
        names: &["Centro de Congressos de {district}", "Centro de Convenções {last}", "Fórum {noun}"],
        sentences: &[
            "Três auditórios e vinte salas de reuniões.",
            "Feito para congressos, feiras e encontros, perto da estação.",
        ],
        tags: &["congressos", "convenções", "feira", "reuniões"],
    },
    Named {
        names: &["Museu de {district}", "Museu {last}", "Museu da {noun}"],
        sentences: &[
            "A coleção abrange cinco séculos de pintura e design.",
            "Exposições temporárias, um pátio tranquilo e bom café.",
        ],
        tags: &["museu", "arte", "exposição", "cultura"],
    },
    Named {
        names: &["Estádio de {district}", "Estádio {last}", "Campo de {district}"],
        sentences: &[
            "A casa do clube de futebol de {district}.",
            "Bancadas cobertas e holofotes para os jogos da noite.",
        ],
        tags: &["estádio", "futebol", "desporto", "campo"],
    },
    Named {
        names: &["Estúdio {noun}", "Espaço Yoga {district}", "Estúdio {last}"],
        sentences: &[
            "Um estúdio luminoso com chão de madeira sobre os telhados de {district}.",
            "Aulas desde manhã cedo até à noite.",
        ],
        tags: &["estúdio", "yoga", "oficinas", "dança"],
    },
    Named {
        names: &["Cinema {noun}", "Cinema {last}", "Cineclube de {district}"],
        sentences: &["Cinema independente em versão original.", "Duas salas, cadeiras antigas e um bar na entrada."],
        tags: &["cinema", "filme", "sessão", "versão original"],
    },
    Named {
        names: &["Parque de {district}", "Jardim {last}", "Jardim da {noun}"],
        sentences: &[
            "Relvados, árvores antigas e um palco ao ar livre em {district}.",
            "É aqui que {city} se encontra nas noites de verão.",
        ],
        tags: &["parque", "ar livre", "jardim", "piquenique"],
    },
    Named {
        names: &["Bar de Vinhos {last}", "Lagar de {district}", "Empório da {noun}"],
        sentences: &[
            "Duas mil garrafas sob uma abóbada de tijolo.",
            "Pequenos produtores, vinho a copo e cozinha simples em {district}.",
        ],
        tags: &["vinho", "adega", "prova", "bar"],
    },
];
