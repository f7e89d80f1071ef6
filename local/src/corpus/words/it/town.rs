//! What is said of a town's other events in Italian.

use super::super::{Phrases, Town};

pub(super) const TOWN: Town = Town {
    food: Phrases {
        titles: &[
            "{topic} al {venue}",
            "{topic} di {district}",
            "I sapori di {city}: {topic}",
            "Sabato goloso: {topic}",
        ],
        topics: &["mercato contadino", "festival del cibo di strada", "fiera dei formaggi", "sagra", "mercato vegano"],
        sentences: &[
            "Una quarantina di cuochi e produttori offrono i loro piatti migliori.",
            "Si assaggia di banco in banco e si conosce chi cucina.",
            "Musica, lunghe tavolate e molti piatti vegetariani.",
        ],
        tags: &["cibo", "mercato", "gastronomia", "prodotti locali", "assaggi"],
    },
    wine: Phrases {
        titles: &[
            "Degustazione al {venue}: {topic}",
            "Sei calici di {topic}",
            "{topic} per principianti",
            "Incontro con il vignaiolo: {topic}",
        ],
        topics: &["Barolo", "Chianti", "vino naturale", "Franciacorta", "Frascati"],
        sentences: &[
            "Una sommelier guida l'assaggio di sei calici di {topic}.",
            "Con pane, formaggi e olive.",
            "Si impara ad annusare, assaggiare e dare un nome a ciò che si beve.",
        ],
        tags: &["vino", "degustazione", "cantina", "gastronomia"],
    },
    crafts: Phrases {
        titles: &[
            "{topic} di {district}",
            "{topic} al {venue}",
            "Fatto a mano: {topic}",
            "{topic} con laboratori per tutti",
        ],
        topics: &["fiera dell'artigianato", "mercatino del design", "mostra della ceramica", "mercato dei tessuti"],
        sentences: &[
            "Gli artigiani della regione espongono e vendono le loro creazioni.",
            "Dimostrazioni di tornio, telaio e legatoria.",
            "Ogni ora comincia un laboratorio per principianti.",
        ],
        tags: &["artigianato", "fatto a mano", "mercatino", "design"],
    },
    christmas: Phrases {
        titles: &[
            "Mercatino di Natale di {district}",
            "Mercatino di Natale in {square}",
            "{topic} in {square}",
            "Natale a {district}: {topic}",
        ],
        topics: &["presepi", "canti dell'avvento", "luci d'inverno"],
        sentences: &[
            "Vin brulé, caldarroste e giocattoli di legno in {square}.",
            "Ogni sera cantano i cori di {city}.",
            "Ottanta casette con regali e piatti caldi.",
        ],
        tags: &["Natale", "mercatino", "avvento", "inverno"],
    },
    street: Phrases {
        titles: &[
            "Festa di quartiere a {district}",
            "{topic} in {square}",
            "{topic} per le strade di {district}",
            "Carnevale d'estate a {district}",
        ],
        topics: &["artisti di strada", "ballo in piazza", "musica all'aperto", "circo", "festa popolare"],
        sentences: &[
            "Tre palchi, una sfilata e vicini che cucinano per tutti.",
            "Per un fine settimana le strade sono dei pedoni.",
            "Concerti, mercatino delle pulci e angolo dei bambini a {district}.",
        ],
        tags: &["festa", "aria aperta", "quartiere", "gratis", "estate"],
    },
    family: Phrases {
        titles: &[
            "{topic} per bambini al {venue}",
            "Domenica in famiglia: {topic}",
            "{topic} per grandi e piccini",
            "Piccoli curiosi: {topic}",
        ],
        topics: &[
            "burattini",
            "spettacolo di magia",
            "laboratorio di scienza",
            "fiabe ad alta voce",
            "caccia al tesoro",
        ],
        sentences: &[
            "Per bambini dai quattro anni e per i loro grandi.",
            "Prima dell'inizio ci sono truccabimbi e palloncini.",
            "Abbastanza breve per i piccoli, abbastanza divertente per i grandi.",
        ],
        tags: &["famiglia", "bambini", "fine settimana", "laboratorio"],
    },
    football: Phrases {
        titles: &[
            "{district} contro {topic}",
            "{topic} al {venue}",
            "Derby: {district} contro {topic}",
            "Notte di coppa a {district}: {topic}",
        ],
        topics: &["Virtus", "Audace", "Real", "Pro Patria", "Fortitudo", "Olimpia"],
        sentences: &[
            "Partita di campionato sotto i riflettori.",
            "La squadra di casa ha bisogno di tre punti.",
            "I tifosi si ritrovano due ore prima del fischio d'inizio.",
        ],
        tags: &["calcio", "partita", "campionato", "sport"],
    },
    running: Phrases {
        titles: &["{topic} di {city}", "{topic} di {district}", "{topic} notturna a {district}", "{topic} solidale"],
        topics: &["mezza maratona", "corsa dei dieci chilometri", "maratona", "staffetta"],
        sentences: &[
            "Il percorso passa davanti ai monumenti di {city}.",
            "Si parte a gruppi da {square}.",
            "All'arrivo medaglie, minestra e massaggi.",
        ],
        tags: &["corsa", "maratona", "sport", "fitness"],
    },
    yoga: Phrases {
        titles: &[
            "{topic} al {venue}",
            "{topic} all'alba a {district}",
            "{topic} per principianti",
            "Respira: {topic} e meditazione",
        ],
        topics: &["vinyasa yoga", "yin yoga", "hatha yoga", "yoga in gravidanza"],
        sentences: &[
            "Una lezione lenta per allungarsi, respirare e lasciare andare.",
            "Tappetini e tè sono a disposizione.",
            "Ogni posizione si adatta al tuo corpo.",
        ],
        tags: &["yoga", "benessere", "meditazione", "principianti", "salute"],
    },
    hiking: Phrases {
        titles: &[
            "Escursione guidata: {topic}",
            "A piedi da {district}: {topic}",
            "Una giornata fuori {city}: {topic}",
            "Camminata all'alba: {topic}",
        ],
        topics: &["il sentiero del fiume", "il bosco in cresta", "le vecchie vigne", "il giro del lago"],
        sentences: &[
            "Dodici chilometri facili, adatti a tutti.",
            "Servono buone scarpe, acqua e qualcosa per il picnic.",
            "Una botanica racconta le piante lungo il cammino.",
        ],
        tags: &["escursionismo", "aria aperta", "natura", "trekking"],
    },
    tech: Phrases {
        titles: &[
            "Conferenza {topic} di {city}",
            "Giornata {topic} al {venue}",
            "{topic}: incontro a {district}",
            "Forum {topic}",
        ],
        topics: &["Rust", "cloud", "intelligenza artificiale", "sicurezza informatica", "dati", "software libero"],
        sentences: &[
            "Chi sviluppa racconta che cosa ha funzionato in produzione e che cosa no.",
            "Due sale, laboratori pratici e una serata per conoscersi.",
            "Gli interventi vengono registrati.",
        ],
        tags: &["tecnologia", "conferenza", "software", "sviluppatori"],
    },
    medical: Phrases {
        titles: &[
            "Congresso annuale di {topic} per medici",
            "Simposio di {topic} a {city}",
            "{topic}: aggiornamento per medici di base",
            "Giornate europee di {topic}",
        ],
        topics: &["cardiologia", "oncologia", "pediatria", "neurologia", "radiologia", "diabetologia"],
        sentences: &[
            "Specialisti presentano nuovi studi e linee guida di {topic}.",
            "La partecipazione dà crediti di formazione al personale sanitario.",
            "Casi clinici, poster e fiera di settore al {venue}.",
        ],
        tags: &["medicina", "congresso", "medici", "salute", "scienza"],
    },
    startup: Phrases {
        titles: &[
            "Serata pitch al {venue}: {topic}",
            "Fondatori a {city}: {topic}",
            "Giovani imprese si presentano: {topic}",
            "Colazione con gli investitori: {topic}",
        ],
        topics: &["clima", "finanza", "salute", "cibo", "IA", "mobilità"],
        sentences: &[
            "Dieci squadre hanno cinque minuti per convincere gli investitori.",
            "Fondatori e futuri colleghi si incontrano davanti a un bicchiere.",
            "Chi vince ottiene un posto in un acceleratore.",
        ],
        tags: &["startup", "pitch", "investitori", "fondatori", "networking"],
    },
};
