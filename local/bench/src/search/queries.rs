//! What is searched for.

use fastrand::Rng;

use super::corpus::Document;

/// Queries without errors.
const PLAIN: usize = 120;
/// Queries whose last word is unfinished.
const PREFIXES: usize = 40;
/// Queries of which one word is misspelt.
const TYPOS: usize = 40;

/// What somebody types.
pub(super) struct Query {
    pub(super) text: String,
    /// Whether whole words, rightly spelt, are looked for: what the peers can do, too.
    pub(super) is_plain: bool,
}

/// Words of one document each, so that there is something to find; rare ones and frequent ones as texts have them.
pub(super) fn queries(documents: &[Document]) -> Vec<Query> {
    let mut rng = Rng::with_seed(2);
    let mut queries = Vec::new();
    for number in 0..PLAIN + PREFIXES + TYPOS {
        let Some(document) = rng.choice(documents) else { break };
        let from = if rng.bool() { &document.title } else { &document.description };
        let mut words: Vec<String> = from.split(' ').map(str::to_owned).collect();
        words.extend((rng.u8(..4) == 0).then(|| document.city.clone()));
        rng.shuffle(&mut words);
        words.truncate(1 + number % 4);
        let is_plain = number < PLAIN;
        if let Some(last) = words.last_mut().filter(|_| !is_plain) {
            if number < PLAIN + PREFIXES {
                last.truncate((last.len() * 2 / 3).max(3));
            } else {
                misspell(last, &mut rng);
            }
        }
        queries.push(Query { text: words.join(" "), is_plain });
    }
    queries
}

/// One letter is left out, or two change places.
fn misspell(word: &mut String, rng: &mut Rng) {
    let at = rng.usize(1..word.len() - 1);
    let letter = word.remove(at);
    if rng.bool() {
        word.insert(at + 1, letter);
    }
}
