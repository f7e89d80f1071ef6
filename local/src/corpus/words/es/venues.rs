//! What venues are called in Spanish.

use super::super::Named;

/// In the order of `venues::Kind`.
pub(super) const VENUES: [Named; 11] = [
    Named {
        names: &["Club {noun}", "Café Jazz {district}", "Sótano de {district}", "Bar {noun}"],
        sentences: &[
            "Un pequeño club de {district} con música en vivo casi todas las noches.",
            "Techo bajo, buen sonido y una barra que cierra tarde.",
        ],
        tags: &["club", "música en vivo", "noche", "bar"],
    },
    Named {
        names: &["Auditorio de {district}", "Palacio {last}", "Auditorio {last}"],
        sentences: &[
            "Conocido por su acústica y por su órgano.",
            "Conciertos sinfónicos, coros y recitales todo el año en {city}.",
        ],
        tags: &["auditorio", "clásica", "acústica", "orquesta"],
    },
    Named {
        names: &["Teatro de {district}", "Teatro {last}", "Teatro {noun}"],
        sentences: &[
            "Un teatro de terciopelo rojo y oro en el corazón de {district}.",
            "Dramas, comedias y funciones para niños.",
        ],
        tags: &["teatro", "escenario", "drama", "comedia"],
    },
    Named {
        names: &["Mercado de {district}", "Mercado {last}", "Mercado de la {noun}"],
        sentences: &[
            "Bajo su techo de hierro hay unos sesenta puestos.",
            "Aquí venden agricultores, panaderos y artesanos de los alrededores de {city}.",
        ],
        tags: &["mercado", "comida", "puestos", "compras"],
    },
    Named {
        names: &["Palacio de Congresos de {district}", "Centro de Convenciones {last}", "Foro {noun}"],
        sentences: &[
            "Tres auditorios y veinte salas de reuniones.",
            "Pensado para congresos, ferias y jornadas, junto a la estación.",
        ],
        tags: &["congresos", "convenciones", "feria", "reuniones"],
    },
    Named {
        names: &["Museo de {district}", "Museo {last}", "Museo de la {noun}"],
        sentences: &[
            "La colección abarca cinco siglos de pintura y diseño.",
            "Exposiciones temporales, un patio tranquilo y buen café.",
        ],
        tags: &["museo", "arte", "exposición", "cultura"],
    },
    Named {
        names: &["Estadio de {district}", "Estadio {last}", "Polideportivo de {district}"],
        sentences: &[
            "La casa del club de fútbol de {district}.",
            "Gradas cubiertas y focos para los partidos de noche.",
        ],
        tags: &["estadio", "fútbol", "deporte", "campo"],
    },
    Named {
        names: &["Estudio {noun}", "Espacio Yoga {district}", "Estudio {last}"],
        sentences: &[
            "Un estudio luminoso con suelo de madera sobre los tejados de {district}.",
            "Clases desde primera hora hasta la noche.",
        ],
        tags: &["estudio", "yoga", "talleres", "danza"],
    },
    Named {
        names: &["Cine {noun}", "Cine {last}", "Cineclub de {district}"],
        sentences: &[
            "Cine independiente en versión original.",
            "Dos salas, butacas antiguas y un bar en el vestíbulo.",
        ],
        tags: &["cine", "película", "proyección", "versión original"],
    },
    Named {
        names: &["Parque de {district}", "Jardín {last}", "Jardín de la {noun}"],
        sentences: &[
            "Césped, árboles viejos y un escenario al aire libre en {district}.",
            "Aquí se encuentra {city} en las noches de verano.",
        ],
        tags: &["parque", "aire libre", "jardín", "picnic"],
    },
    Named {
        names: &["Lagar de {district}", "Rincón del Vino {last}", "Lagar de la {noun}"],
        sentences: &[
            "Dos mil botellas bajo una bóveda de ladrillo.",
            "Pequeños viticultores, vino por copas y cocina sencilla en {district}.",
        ],
        tags: &["vino", "bodega", "cata", "bar"],
    },
];
