//! What is said of a town's other events in Portuguese.

use super::super::{Phrases, Town};

pub(super) const TOWN: Town = Town {
    food: Phrases {
        titles: &[
            "{topic} no {venue}",
            "{topic} de {district}",
            "Sabores de {city}: {topic}",
            "Sábado à mesa: {topic}",
        ],
        topics: &[
            "feira de comida de rua",
            "mercado de produtores",
            "feira do queijo",
            "festival de petiscos",
            "feira vegana",
        ],
        sentences: &[
            "Cerca de quarenta cozinheiros e produtores oferecem os melhores pratos.",
            "Para provar de banca em banca e conhecer quem cozinha.",
            "Música de {district}, mesas compridas e opções vegetarianas.",
        ],
        tags: &["comida", "mercado", "gastronomia", "petiscos", "produtos locais"],
    },
    wine: Phrases {
        titles: &[
            "Prova de vinhos no {venue}: {topic}",
            "Seis copos de {topic}",
            "Introdução à prova: {topic}",
            "Conversa com o produtor: {topic}",
        ],
        topics: &["vinho natural", "vinho verde", "vinho do Porto", "tintos do Douro", "espumante"],
        sentences: &[
            "Uma escanção conduz a prova de seis copos de {topic}.",
            "Com pão, queijos e azeitonas.",
            "Para aprender a cheirar, provar e nomear o que está no copo.",
        ],
        tags: &["vinho", "prova", "adega", "gastronomia"],
    },
    crafts: Phrases {
        titles: &[
            "{topic} de {district}",
            "{topic} no {venue}",
            "Feito à mão: {topic}",
            "{topic} com oficinas para todos",
        ],
        topics: &["feira de artesanato", "mercado de design", "feira de cerâmica", "feira de têxteis"],
        sentences: &[
            "Artesãos da região mostram e vendem o que fazem.",
            "Demonstrações de olaria, tecelagem e encadernação.",
            "A cada hora começa uma oficina para principiantes.",
        ],
        tags: &["artesanato", "feito à mão", "mercado", "design"],
    },
    christmas: Phrases {
        titles: &[
            "Mercado de Natal de {district}",
            "Feira de Natal na {square}",
            "{topic} na {square}",
            "Natal em {district}: {topic}",
        ],
        topics: &["presépios", "coros de Natal", "luzes e canções"],
        sentences: &[
            "Castanhas assadas, chocolate quente e brinquedos de madeira na {square}.",
            "Todas as noites cantam coros de {city}.",
            "Oitenta casinhas com presentes e comida quente.",
        ],
        tags: &["Natal", "mercado", "presentes", "dezembro"],
    },
    street: Phrases {
        titles: &[
            "Festa de rua em {district}",
            "{topic} na {square}",
            "{topic} pelas ruas de {district}",
            "Arraial de {district}",
        ],
        topics: &["arraial", "roda de samba", "artes de rua", "baile ao ar livre", "marchas populares"],
        sentences: &[
            "Três palcos, um desfile e vizinhos que cozinham uns para os outros.",
            "Durante um fim de semana as ruas são dos peões.",
            "Concertos, feira da ladra e cantinho das crianças em {district}.",
        ],
        tags: &["festa", "ar livre", "bairro", "grátis", "rua"],
    },
    family: Phrases {
        titles: &[
            "{topic} para crianças no {venue}",
            "Domingo em família: {topic}",
            "{topic} para toda a família",
            "Pequenos curiosos: {topic}",
        ],
        topics: &["marionetas", "espetáculo de magia", "oficina de ciência", "hora do conto", "caça ao tesouro"],
        sentences: &[
            "Para crianças a partir dos quatro anos e os seus adultos.",
            "Antes do início há pinturas faciais e balões.",
            "Curto para os pequenos, divertido para os grandes.",
        ],
        tags: &["família", "crianças", "fim de semana", "oficina"],
    },
    football: Phrases {
        titles: &[
            "{district} contra {topic}",
            "{topic} no {venue}",
            "Dérbi: {district} contra {topic}",
            "Noite de taça em {district}: {topic}",
        ],
        topics: &["Atlético", "Académica", "Vitória", "União", "Nacional", "Esperança"],
        sentences: &[
            "Jogo do campeonato sob os holofotes.",
            "A equipa da casa precisa de três pontos.",
            "Os adeptos encontram-se duas horas antes do apito inicial.",
        ],
        tags: &["futebol", "jogo", "campeonato", "desporto"],
    },
    running: Phrases {
        titles: &["{topic} de {city}", "{topic} de {district}", "{topic} noturna em {district}", "{topic} solidária"],
        topics: &["meia maratona", "corrida de dez quilómetros", "maratona", "corrida de estafetas"],
        sentences: &[
            "O percurso passa pelos monumentos de {city}.",
            "A partida é por grupos na {square}.",
            "Na meta esperam medalhas, sopa e massagens.",
        ],
        tags: &["corrida", "maratona", "desporto", "saúde"],
    },
    yoga: Phrases {
        titles: &[
            "{topic} no {venue}",
            "{topic} ao nascer do sol em {district}",
            "{topic} para principiantes",
            "Respirar: {topic} e meditação",
        ],
        topics: &["yoga vinyasa", "yin yoga", "hatha yoga", "yoga pré-natal"],
        sentences: &[
            "Uma aula lenta para alongar, respirar e relaxar.",
            "Há tapetes e chá para todos.",
            "Cada postura é adaptada ao seu corpo.",
        ],
        tags: &["yoga", "bem-estar", "meditação", "principiantes", "saúde"],
    },
    hiking: Phrases {
        titles: &[
            "Caminhada guiada: {topic}",
            "A pé desde {district}: {topic}",
            "Um dia fora de {city}: {topic}",
            "Caminhada ao amanhecer: {topic}",
        ],
        topics: &["o trilho do rio", "a mata da serra", "as vinhas velhas", "a volta à lagoa"],
        sentences: &[
            "Doze quilómetros fáceis, para todas as idades.",
            "Leve boas botas, água e algo para o piquenique.",
            "Uma botânica explica as plantas do caminho.",
        ],
        tags: &["caminhada", "ar livre", "natureza", "trilho"],
    },
    tech: Phrases {
        titles: &[
            "Conferência de {topic} de {city}",
            "Dia de {topic} no {venue}",
            "{topic}: encontro em {district}",
            "Fórum de {topic}",
        ],
        topics: &[
            "Rust",
            "computação em nuvem",
            "inteligência artificial",
            "cibersegurança",
            "dados",
            "software livre",
        ],
        sentences: &[
            "Quem programa conta o que funcionou em produção e o que não.",
            "Duas salas, oficinas práticas e uma noite de convívio.",
            "As palestras são gravadas.",
        ],
        tags: &["tecnologia", "conferência", "software", "programadores"],
    },
    medical: Phrases {
        titles: &[
            "Congresso anual de {topic} para médicos",
            "Simpósio de {topic} em {city}",
            "{topic}: atualização para médicos de família",
            "Jornadas europeias de {topic}",
        ],
        topics: &["cardiologia", "oncologia", "pediatria", "neurologia", "radiologia", "diabetologia"],
        sentences: &[
            "Especialistas apresentam novos estudos e orientações de {topic}.",
            "A participação conta como formação contínua para profissionais de saúde.",
            "Casos clínicos, pósteres e feira profissional no {venue}.",
        ],
        tags: &["medicina", "congresso", "médicos", "saúde", "ciência"],
    },
    startup: Phrases {
        titles: &[
            "Noite de pitches no {venue}: {topic}",
            "Fundadores de {city}: {topic}",
            "Jovens empresas apresentam-se: {topic}",
            "Pequeno-almoço de investidores: {topic}",
        ],
        topics: &["clima", "finanças", "saúde", "alimentação", "IA", "mobilidade"],
        sentences: &[
            "Dez equipas têm cinco minutos para convencer os investidores.",
            "Para conhecer fundadores e futuros colegas com um copo na mão.",
            "A melhor equipa ganha um lugar numa aceleradora.",
        ],
        tags: &["startup", "pitch", "investidores", "empreendedores", "contactos"],
    },
};
