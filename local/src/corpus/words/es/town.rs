//! What is said of a town's other events in Spanish.

use super::super::{Phrases, Town};

pub(super) const TOWN: Town = Town {
    food: Phrases {
        titles: &[
            "{topic} en el {venue}",
            "{topic} de {district}",
            "A qué sabe {city}: {topic}",
            "Gran sábado: {topic}",
        ],
        topics: &[
            "mercado de comida callejera",
            "feria del queso",
            "ruta de tapas",
            "mercado campesino",
            "fiesta vegana",
        ],
        sentences: &[
            "Unos cuarenta cocineros y productores ofrecen sus mejores platos.",
            "Para probar de puesto en puesto y conocer a quienes cocinan.",
            "Música de {district}, mesas largas y opciones vegetarianas.",
        ],
        tags: &["comida", "mercado", "gastronomía", "tapas", "producto local"],
    },
    wine: Phrases {
        titles: &[
            "Cata de {topic} en el {venue}",
            "Seis copas de {topic}",
            "Iniciación a la cata: {topic}",
            "Encuentro con la bodega: {topic}",
        ],
        topics: &["vino natural", "rioja", "jerez", "cava", "albariño"],
        sentences: &[
            "Una sumiller guía la cata de seis copas de {topic}.",
            "Con pan, quesos y aceitunas.",
            "Para aprender a oler, probar y nombrar lo que hay en la copa.",
        ],
        tags: &["vino", "cata", "bodega", "gastronomía"],
    },
    crafts: Phrases {
        titles: &[
            "{topic} de {district}",
            "{topic} en el {venue}",
            "Hecho a mano: {topic}",
            "{topic} con talleres para todos",
        ],
        topics: &["feria de artesanía", "mercado de diseño", "feria de cerámica", "mercadillo textil"],
        sentences: &[
            "Artesanas y artesanos de la región muestran y venden su trabajo.",
            "Demostraciones de torno, telar y encuadernación.",
            "Cada hora empieza un taller para principiantes.",
        ],
        tags: &["artesanía", "hecho a mano", "mercado", "diseño"],
    },
    christmas: Phrases {
        titles: &[
            "Mercado de Navidad de {district}",
            "Mercadillo navideño en la {square}",
            "{topic} en la {square}",
            "{district} se ilumina: {topic}",
        ],
        topics: &["villancicos", "belenes", "luces de Navidad"],
        sentences: &[
            "Chocolate caliente, castañas y juguetes de madera en la {square}.",
            "Cada tarde cantan coros de {city}.",
            "Ochenta casetas con regalos y comida caliente.",
        ],
        tags: &["Navidad", "mercado", "villancicos", "invierno"],
    },
    street: Phrases {
        titles: &[
            "Fiestas de {district}",
            "{topic} en la {square}",
            "{topic} por las calles de {district}",
            "Verbena de verano en {district}",
        ],
        topics: &["verbena", "teatro de calle", "pasacalles", "baile al aire libre", "música en la calle"],
        sentences: &[
            "Tres escenarios, un desfile y vecinos que cocinan para todos.",
            "Durante un fin de semana las calles son de los peatones.",
            "Conciertos, mercadillo y rincón infantil en {district}.",
        ],
        tags: &["fiesta", "aire libre", "barrio", "gratis", "verano"],
    },
    family: Phrases {
        titles: &[
            "{topic} para niños en el {venue}",
            "Domingo en familia: {topic}",
            "{topic} para toda la familia",
            "Pequeños curiosos: {topic}",
        ],
        topics: &["títeres", "espectáculo de magia", "taller de ciencia", "cuentacuentos", "búsqueda del tesoro"],
        sentences: &[
            "Para niños desde cuatro años y sus mayores.",
            "Antes habrá pintacaras y globos.",
            "Corto para los pequeños y divertido para los grandes.",
        ],
        tags: &["familia", "niños", "fin de semana", "taller"],
    },
    football: Phrases {
        titles: &[
            "{district} contra {topic}",
            "{topic} en el {venue}",
            "Derbi: {district} contra {topic}",
            "Noche de copa en {district}: {topic}",
        ],
        topics: &["Atlético", "Deportivo", "Racing", "Unión", "Real Club", "Sporting"],
        sentences: &[
            "Partido de liga bajo los focos.",
            "El equipo local necesita tres puntos.",
            "La afición se reúne dos horas antes para ir al campo.",
        ],
        tags: &["fútbol", "partido", "liga", "deporte"],
    },
    running: Phrases {
        titles: &["{topic} de {city}", "{topic} de {district}", "{topic} nocturna por {district}", "{topic} solidaria"],
        topics: &["media maratón", "carrera popular", "maratón", "carrera de relevos"],
        sentences: &[
            "El recorrido pasa por los monumentos de {city}.",
            "La salida es por grupos desde la {square}.",
            "En la meta esperan medallas, caldo y masajes.",
        ],
        tags: &["correr", "carrera", "maratón", "deporte"],
    },
    yoga: Phrases {
        titles: &[
            "{topic} en el {venue}",
            "{topic} al amanecer en {district}",
            "{topic} para principiantes",
            "Respira: {topic} y meditación",
        ],
        topics: &["yoga vinyasa", "yin yoga", "hatha yoga", "yoga prenatal"],
        sentences: &[
            "Una clase lenta para estirar, respirar y soltar.",
            "Hay esterillas y té para todos.",
            "Cada postura se adapta a tu cuerpo.",
        ],
        tags: &["yoga", "bienestar", "meditación", "principiantes", "salud"],
    },
    hiking: Phrases {
        titles: &[
            "Ruta guiada: {topic}",
            "Desde {district} a pie: {topic}",
            "Un día fuera de {city}: {topic}",
            "Senderismo al amanecer: {topic}",
        ],
        topics: &["la senda del río", "los bosques de la sierra", "los viñedos viejos", "la vuelta al lago"],
        sentences: &[
            "Doce kilómetros fáciles por {topic}.",
            "Hay que llevar buenas botas, agua y algo para el picnic.",
            "Una botánica explica las plantas del camino.",
        ],
        tags: &["senderismo", "aire libre", "naturaleza", "excursión"],
    },
    tech: Phrases {
        titles: &[
            "Congreso de {topic} de {city}",
            "Jornada de {topic} en el {venue}",
            "{topic}: encuentro en {district}",
            "Foro de {topic}",
        ],
        topics: &[
            "Rust",
            "computación en la nube",
            "inteligencia artificial",
            "ciberseguridad",
            "software libre",
            "datos",
        ],
        sentences: &[
            "Ingenieras e ingenieros cuentan qué funcionó en producción y qué no.",
            "Dos salas, talleres prácticos y una noche para conocerse.",
            "Las charlas se graban.",
        ],
        tags: &["tecnología", "congreso", "software", "desarrolladores", "charlas"],
    },
    medical: Phrases {
        titles: &[
            "Congreso anual de {topic} para médicos",
            "Simposio de {topic} en {city}",
            "{topic}: actualización para atención primaria",
            "Jornadas europeas de {topic}",
        ],
        topics: &["cardiología", "oncología", "pediatría", "neurología", "radiología", "diabetes"],
        sentences: &[
            "Especialistas presentan nuevos estudios y guías de {topic}.",
            "La asistencia cuenta como formación continuada para personal sanitario.",
            "Casos clínicos, pósteres y feria profesional en el {venue}.",
        ],
        tags: &["medicina", "congreso", "médicos", "salud", "ciencia"],
    },
    startup: Phrases {
        titles: &[
            "Noche de pitches en el {venue}: {topic}",
            "Fundadores de {city}: {topic}",
            "Empresas emergentes de {topic}",
            "Desayuno de inversores: {topic}",
        ],
        topics: &["clima", "finanzas", "salud", "alimentación", "IA", "movilidad"],
        sentences: &[
            "Diez equipos tienen cinco minutos para convencer a los inversores.",
            "Para conocer a fundadores y futuros colegas con una copa en la mano.",
            "El mejor equipo gana una plaza en una aceleradora.",
        ],
        tags: &["startup", "pitch", "inversores", "emprendedores", "contactos"],
    },
};
