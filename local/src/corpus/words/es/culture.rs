//! What is said of culture in Spanish.

use super::super::{Culture, Phrases};

pub(super) const CULTURE: Culture = Culture {
    jazz: Phrases {
        titles: &[
            "Noche de jazz en el {venue}",
            "{artist} en directo en {district}",
            "Una noche de {topic} con {artist}",
            "Jueves de jazz: {artist}",
        ],
        topics: &["swing", "bebop", "jazz latino", "jazz flamenco", "bossa nova"],
        sentences: &[
            "{artist} interpreta clásicos y temas propios.",
            "Dos pases de {topic} y después jam session abierta.",
            "Velas, cócteles e improvisación hasta pasada la medianoche.",
        ],
        tags: &["jazz", "música en vivo", "concierto", "jam session", "noche"],
    },
    techno: Phrases {
        titles: &[
            "Noche de {topic} con {artist}",
            "{artist} toda la noche",
            "Fiesta en el {venue}: {artist}",
            "{district} de madrugada: {topic}",
        ],
        topics: &["techno", "deep house", "acid", "minimal", "trance"],
        sentences: &[
            "{artist} pincha {topic} hasta el amanecer.",
            "Una sala oscura, un equipo nuevo y nada de móviles en la pista.",
            "Abren la noche varios DJ de {district}.",
        ],
        tags: &["techno", "discoteca", "música electrónica", "DJ", "fiesta"],
    },
    classical: Phrases {
        titles: &[
            "{artist} interpreta a {topic}",
            "Música de cámara en el {venue}: {topic}",
            "Recital de domingo con {artist}",
            "De {topic} a nuestros días",
        ],
        topics: &["Falla", "Granados", "Albéniz", "Beethoven", "Mozart", "Boccherini"],
        sentences: &[
            "El programa reúne obras de {topic} y sus contemporáneos.",
            "Una breve charla presenta el programa antes del concierto.",
            "Un recital íntimo en una de las mejores salas de {city}.",
        ],
        tags: &["clásica", "música de cámara", "concierto", "recital"],
    },
    rock: Phrases {
        titles: &[
            "{artist} de gira",
            "{artist} en el {venue}",
            "Noche de {topic}: {artist} e invitados",
            "{artist} en {city}",
        ],
        topics: &["rock indie", "punk", "garage", "rock urbano", "folk rock"],
        sentences: &[
            "{artist} presenta su nuevo disco, de pie y a todo volumen.",
            "Dos grupos de {district} abren la noche.",
            "Habrá {topic}, viejos éxitos y muchos bises.",
        ],
        tags: &["rock", "concierto", "música en vivo", "indie"],
    },
    theatre: Phrases {
        titles: &[
            "{topic} en el {venue}",
            "Estreno: {topic}",
            "{artist} representa {topic}",
            "{topic}, una nueva mirada",
        ],
        topics: &["La casa de Bernarda Alba", "Yerma", "Fuenteovejuna", "La vida es sueño", "Antígona"],
        sentences: &[
            "{artist} lleva la obra a escena en una nueva versión.",
            "Seis intérpretes, un escenario desnudo y dos horas sin descanso.",
            "Tras la función habrá un encuentro con el elenco.",
        ],
        tags: &["teatro", "drama", "obra", "escena"],
    },
    comedy: Phrases {
        titles: &[
            "{artist}: {topic}",
            "Noche de comedia en el {venue} con {artist}",
            "Monólogos en {district}: {artist}",
            "{artist} prueba chistes nuevos",
        ],
        topics: &["Nada personal", "En obras", "Perdón por el retraso", "Casi en serio"],
        sentences: &[
            "{artist} habla de la familia, de compartir piso y de otros desastres.",
            "Cinco cómicos, un micrófono y diez minutos para cada uno.",
            "Una hora nueva de humor, recién llegada de los festivales.",
        ],
        tags: &["comedia", "humor", "monólogos", "stand-up", "risas"],
    },
    exhibition: Phrases {
        titles: &[
            "{artist}: {topic}",
            "{topic}. Obra reciente",
            "{topic} en el {venue}",
            "{artist}, una retrospectiva",
        ],
        topics: &["Luz y agua", "La ciudad callada", "Fronteras", "Bodegones", "Después de la lluvia"],
        sentences: &[
            "La exposición reúne pinturas y dibujos de dos décadas.",
            "Cuarenta obras de {artist}, muchas de ellas inéditas.",
            "Visitas guiadas todos los jueves por la tarde.",
        ],
        tags: &["exposición", "arte", "museo", "pintura"],
    },
    film: Phrases {
        titles: &[
            "{topic} en el {venue}",
            "Semana de cine de {city}: {topic}",
            "Sesión de medianoche: {topic}",
            "{topic} con coloquio",
        ],
        topics: &["cine mudo", "documentales", "cortometrajes", "cine negro", "películas de animación"],
        sentences: &[
            "Se proyecta en versión original con subtítulos.",
            "Después habrá un coloquio con los cineastas.",
            "Copias restauradas, piano en directo y palomitas.",
        ],
        tags: &["cine", "película", "proyección", "festival"],
    },
};
