//! What is said of a town's other events in French.

use super::super::{Phrases, Town};

pub(super) const TOWN: Town = Town {
    food: Phrases {
        titles: &[
            "{topic} au {venue}",
            "{topic} à {district}",
            "Les saveurs de la ville : {topic}",
            "Grand samedi gourmand : {topic}",
        ],
        topics: &["marché paysan", "cuisine de rue", "foire aux fromages", "marché végane", "fête du pain"],
        sentences: &[
            "Une quarantaine de cuisiniers et de producteurs proposent leurs spécialités.",
            "Goûtez d'étal en étal et rencontrez celles et ceux qui les tiennent.",
            "Musique, grandes tablées et plats végétariens.",
        ],
        tags: &["cuisine", "marché", "gastronomie", "produits locaux", "dégustation"],
    },
    wine: Phrases {
        titles: &[
            "Dégustation au {venue} : {topic}",
            "Six verres pour découvrir : {topic}",
            "Initiation : {topic}",
            "Rencontre avec un vigneron : {topic}",
        ],
        topics: &["vins nature", "beaujolais", "champagne", "vins de Loire", "bourgogne"],
        sentences: &[
            "Une sommelière vous guide à travers six verres.",
            "Pain, fromages et olives accompagnent les vins.",
            "Apprenez à sentir, à goûter et à nommer ce que vous buvez.",
        ],
        tags: &["vin", "dégustation", "sommelier", "gastronomie"],
    },
    crafts: Phrases {
        titles: &[
            "{topic} de {district}",
            "{topic} au {venue}",
            "Fait main : {topic}",
            "{topic} et ateliers pour tous",
        ],
        topics: &["marché des créateurs", "foire artisanale", "marché des potiers", "salon du textile"],
        sentences: &[
            "Les artisans de la région exposent et vendent leurs créations.",
            "Démonstrations de poterie, de tissage et de reliure.",
            "Ateliers pour débutants toutes les heures.",
        ],
        tags: &["artisanat", "fait main", "marché", "créateurs"],
    },
    christmas: Phrases {
        titles: &[
            "Marché de Noël de {district}",
            "Marché de Noël, {square}",
            "{topic} à {district}",
            "Village d'hiver, {square}",
        ],
        topics: &["chants de l'avent", "lumières de Noël", "crèches et santons"],
        sentences: &[
            "Vin chaud, marrons grillés et jouets en bois, {square}.",
            "Des chœurs chantent chaque soir.",
            "Quatre-vingts chalets de cadeaux et de plats chauds.",
        ],
        tags: &["Noël", "marché", "avent", "hiver", "vin chaud"],
    },
    street: Phrases {
        titles: &[
            "Fête de quartier à {district}",
            "{topic}, {square}",
            "{topic} dans les rues de {district}",
            "Carnaval d'été de {district}",
        ],
        topics: &["bal populaire", "arts de la rue", "fête de la musique", "guinguette", "cirque en plein air"],
        sentences: &[
            "Trois scènes, une parade et des voisins qui cuisinent les uns pour les autres.",
            "Le temps d'un week-end, les rues sont aux piétons.",
            "Concerts, brocante et coin des enfants à {district}.",
        ],
        tags: &["fête", "plein air", "quartier", "gratuit", "été"],
    },
    family: Phrases {
        titles: &[
            "{topic} pour enfants au {venue}",
            "Dimanche en famille : {topic}",
            "{topic} pour petits et grands",
            "Les petits curieux : {topic}",
        ],
        topics: &["marionnettes", "spectacle de magie", "atelier scientifique", "heure du conte", "chasse au trésor"],
        sentences: &[
            "Pour les enfants dès quatre ans et leurs parents.",
            "Maquillage et ballons avant le début.",
            "Assez court pour les petits, assez drôle pour les grands.",
        ],
        tags: &["famille", "enfants", "week-end", "atelier"],
    },
    football: Phrases {
        titles: &[
            "{district} contre {topic}",
            "{topic} au {venue}",
            "Derby : {district} contre {topic}",
            "Soir de coupe à {district} : {topic}",
        ],
        topics: &["Racing", "Olympique", "Étoile", "Sporting", "Red Star", "Avenir"],
        sentences: &[
            "Un match de championnat sous les projecteurs.",
            "Les locaux ont besoin de trois points.",
            "Les supporters se retrouvent deux heures avant le coup d'envoi.",
        ],
        tags: &["football", "match", "championnat", "sport"],
    },
    running: Phrases {
        titles: &["{topic} à {city}", "{topic} de {district}", "{topic} nocturne à {district}", "{topic} solidaire"],
        topics: &["semi-marathon", "course de dix kilomètres", "marathon", "relais"],
        sentences: &[
            "Le parcours longe l'eau et passe devant les monuments.",
            "Départs par vagues, {square}.",
            "Médailles, soupe et massages à l'arrivée.",
        ],
        tags: &["course à pied", "marathon", "sport", "forme"],
    },
    yoga: Phrases {
        titles: &[
            "{topic} au {venue}",
            "{topic} au lever du soleil à {district}",
            "{topic} pour débutants",
            "Respirer : {topic} et méditation",
        ],
        topics: &["yoga vinyasa", "yin yoga", "hatha yoga", "yoga prénatal"],
        sentences: &[
            "Un cours tout en douceur pour s'étirer, respirer et lâcher prise.",
            "Tapis et thé sont fournis.",
            "Chaque posture est adaptée à votre corps.",
        ],
        tags: &["yoga", "bien-être", "méditation", "débutants", "santé"],
    },
    hiking: Phrases {
        titles: &[
            "Randonnée guidée : {topic}",
            "Au départ de {district} : {topic}",
            "Une journée au vert : {topic}",
            "Randonnée à l'aube : {topic}",
        ],
        topics: &["le long de la rivière", "les crêtes de la forêt", "les vieilles vignes", "le tour du lac"],
        sentences: &[
            "Douze kilomètres faciles, accessibles à tous.",
            "Prévoir de bonnes chaussures, de l'eau et un pique-nique.",
            "Une botaniste raconte les plantes du chemin.",
        ],
        tags: &["randonnée", "plein air", "nature", "balade"],
    },
    tech: Phrases {
        titles: &[
            "Conférence {topic} à {city}",
            "Journée {topic} au {venue}",
            "{topic} : rencontre à {district}",
            "Forum {topic}",
        ],
        topics: &["Rust", "cloud", "intelligence artificielle", "cybersécurité", "données", "logiciel libre"],
        sentences: &[
            "Des ingénieurs racontent ce qui a marché en production, et ce qui a échoué.",
            "Deux salles, des ateliers pratiques et une soirée conviviale.",
            "Les conférences sont filmées.",
        ],
        tags: &["technologie", "conférence", "logiciel", "développeurs"],
    },
    medical: Phrases {
        titles: &[
            "Congrès annuel des médecins : {topic}",
            "Symposium de {topic} à {city}",
            "{topic} : formation des généralistes",
            "Journées européennes de {topic}",
        ],
        topics: &["cardiologie", "pédiatrie", "neurologie", "radiologie", "diabétologie", "gériatrie"],
        sentences: &[
            "Les meilleurs spécialistes présentent études et recommandations récentes.",
            "La participation compte pour la formation continue des soignants.",
            "Cas cliniques, posters et salon professionnel au {venue}.",
        ],
        tags: &["médecine", "congrès", "médecins", "santé", "science"],
    },
    startup: Phrases {
        titles: &[
            "Soirée pitch au {venue} : {topic}",
            "Rencontre des fondateurs à {city} : {topic}",
            "Les jeunes pousses se présentent : {topic}",
            "Petit déjeuner des investisseurs : {topic}",
        ],
        topics: &["climat", "finance", "santé", "alimentation", "IA", "mobilité"],
        sentences: &[
            "Dix équipes ont cinq minutes pour convaincre les investisseurs.",
            "Rencontrez fondateurs et futurs collègues autour d'un verre.",
            "Le lauréat gagne une place dans un incubateur.",
        ],
        tags: &["start-up", "pitch", "investisseurs", "fondateurs", "réseau"],
    },
};
