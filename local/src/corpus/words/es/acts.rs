//! What artists are called in Spanish.

use super::super::Named;

/// In the order of `artists::Act`.
pub(super) const ACTS: [Named; 7] = [
    Named {
        names: &["Cuarteto {last}", "{first} {last} Trío", "Jazz Band {noun}"],
        sentences: &[
            "{artist} mezcla el swing con el flamenco y la improvisación.",
            "Contrabajo, escobillas y un saxo tenor de sonido cálido.",
            "La formación nació en los clubes de jazz de {city}.",
        ],
        tags: &["jazz", "música en vivo", "swing", "banda"],
    },
    Named {
        names: &["DJ {first} {last}", "{noun} Eléctrica", "{first} {noun}"],
        sentences: &[
            "{artist} pincha techno y house en las salas de {city}.",
            "Sesiones hipnóticas desde el anochecer hasta el primer metro.",
            "Publica discos en tiradas pequeñas con sello propio.",
        ],
        tags: &["techno", "electrónica", "DJ", "house"],
    },
    Named {
        names: &["Cuarteto de cuerda {last}", "Conjunto {noun}", "Dúo {last}"],
        sentences: &[
            "Un repertorio que va de Haydn a nuestros días.",
            "{artist} se formó en el conservatorio de {city}.",
            "Sus grabaciones de Falla y Granados han recibido varios premios.",
        ],
        tags: &["clásica", "música de cámara", "cuerda", "conjunto"],
    },
    Named {
        names: &["Los {last}", "{noun} Negra", "La {noun}"],
        sentences: &[
            "Guitarras, tres voces y estribillos para cantar a gritos.",
            "{artist} es rock en español hecho en {city}.",
            "Años de carretera y ningún concierto igual a otro.",
        ],
        tags: &["rock", "indie", "banda", "guitarras"],
    },
    Named {
        names: &["Compañía {noun}", "Teatro de la {noun}", "Compañía {last}"],
        sentences: &[
            "{artist} lleva los clásicos a lugares inesperados.",
            "La dramaturgia joven es el centro de su trabajo.",
            "Una pequeña compañía de {city} que se reparte todos los papeles.",
        ],
        tags: &["teatro", "compañía", "escena", "drama"],
    },
    Named {
        names: &["{first} {last}"],
        sentences: &[
            "{artist} es una voz del humor de {city}.",
            "Monólogos secos, rápidos y más tiernos de lo que parecen.",
            "Habitual de los festivales de comedia.",
        ],
        tags: &["humor", "monólogos", "comedia", "stand-up"],
    },
    Named {
        names: &["{first} {last}", "Taller {last}"],
        sentences: &[
            "Grandes lienzos pintados en un antiguo almacén de {city}.",
            "{artist} pinta el color, la memoria y el mar.",
            "Sus obras están en museos y colecciones privadas.",
        ],
        tags: &["pintura", "arte contemporáneo", "artes visuales", "galería"],
    },
];
