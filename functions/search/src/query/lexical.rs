//! A query by words.

use std::collections::HashSet;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery, Query,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::expand::expand;
use super::parse::Parsed;
use super::statistics::Statistics;
use crate::index::{Matched, Open, Reading, Stem, StopWords, Word, fields};
use crate::settings::{Boosts, Prepared};

/// How much a word's further fields count beside its best one.
const TIE: f32 = 0.15;
/// How much a synonym counts.
const SYNONYM: f32 = 0.8;

/// How much of a query has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Every word.
    All,
    /// Six of ten words.
    Most,
    /// One word.
    Any,
}

/// A part of a query.
struct Clause {
    /// With its score, in the fields that count.
    scoring: Box<dyn Query>,
    /// The same documents without scores, which are found faster.
    matching: Box<dyn Query>,
}

/// A query by words against one version of an index.
pub(crate) struct Lexical<'a> {
    /// What has to be there.
    required: Vec<Clause>,
    /// What counts if it is there.
    optional: Vec<Clause>,
    excluded: Vec<Box<dyn Query>>,
    pub(crate) statistics: Statistics<'a>,
    /// Terms that are highlighted.
    pub(crate) terms: HashSet<String>,
}

impl<'a> Lexical<'a> {
    /// Finds what the query's words match.
    pub(crate) fn new(open: &'a Open, parsed: &Parsed, settings: &Prepared) -> tantivy::Result<Self> {
        let mut lexical = Self {
            required: Vec::new(),
            optional: Vec::new(),
            excluded: Vec::new(),
            statistics: Statistics::new(&open.searcher),
            terms: HashSet::new(),
        };
        let mut usual = StopWords::of(&open.manifest.languages);
        let mut says_nothing = |word: &Word| settings.stop_words.contains(&word.folded) || usual.contain(&word.lower);
        let mut at = 0;
        while at < parsed.words.len() {
            let (length, others) = settings.synonyms.at(&parsed.words[at..]);
            let covered = &parsed.words[at..at + length];
            at += length;
            let is_open = parsed.is_open && at == parsed.words.len();
            let reading = match (parsed.is_exact, is_open) {
                (true, _) => Reading::Exact,
                (false, false) => Reading::Forgiving,
                (false, true) => Reading::Open,
            };
            let own = match covered {
                [word] => lexical.word(open, word, reading, &settings.boosts)?,
                several => lexical.sequence(several, &settings.boosts),
            };
            let mut alternatives = vec![own];
            for other in others {
                let alternative = match other.as_slice() {
                    [word] => lexical.word(open, word, Reading::Exact, &settings.boosts)?,
                    several => lexical.sequence(several, &settings.boosts),
                };
                alternatives.push(Clause { scoring: boosted(alternative.scoring, SYNONYM), ..alternative });
            }
            let (scoring, matching) = alternatives.into_iter().map(|one| (one.scoring, one.matching)).unzip();
            let clause = Clause { scoring: one_of(scoring, 0.0), matching: one_of(matching, 0.0) };
            if covered.iter().all(&mut says_nothing) {
                lexical.optional.push(clause);
            } else {
                lexical.required.push(clause);
            }
        }
        for phrase in &parsed.phrases {
            let clause = lexical.sequence(phrase, &settings.boosts);
            lexical.required.push(clause);
        }
        lexical.exclude(open, parsed, &settings.boosts);
        // Words that say nothing are better than nothing.
        if lexical.required.is_empty() {
            lexical.required = std::mem::take(&mut lexical.optional);
        }
        Ok(lexical)
    }

    /// Clauses of which all, most or one must match.
    pub(crate) fn clauses(&self) -> usize {
        self.required.len()
    }

    /// The query, among what `filters` let through.
    pub(crate) fn query(&self, strictness: Strictness, filters: &[Box<dyn Query>]) -> Box<dyn Query> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = self.rest(filters);
        let count = self.required.len();
        let least = match strictness {
            Strictness::All => count,
            Strictness::Most => (count * 6).div_ceil(10),
            Strictness::Any => 1,
        };
        if count == 0 {
            // Nothing but exclusions and filters.
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))));
        } else if least == count {
            clauses.extend(self.required.iter().map(|clause| (Occur::Must, clause.scoring.box_clone())));
        } else {
            let some = self.required.iter().map(|clause| clause.scoring.box_clone()).collect();
            clauses.push((Occur::Must, Box::new(BooleanQuery::union_with_minimum_required_clauses(some, least))));
        }
        clauses.extend(self.optional.iter().map(|clause| (Occur::Should, clause.scoring.box_clone())));
        Box::new(BooleanQuery::new(clauses))
    }

    /// The same documents as with [`Strictness::All`], to be counted.
    pub(crate) fn matching_all(&self, filters: &[Box<dyn Query>]) -> Box<dyn Query> {
        let mut clauses = self.rest(filters);
        clauses.extend(self.required.iter().map(|clause| (Occur::Must, clause.matching.box_clone())));
        Box::new(BooleanQuery::new(clauses))
    }

    /// Everything that is not excluded, among what `filters` let through.
    pub(crate) fn allowed(&self, filters: &[Box<dyn Query>]) -> Box<dyn Query> {
        let mut clauses = self.rest(filters);
        clauses.push((Occur::Must, Box::new(AllQuery)));
        Box::new(BooleanQuery::new(clauses))
    }

    fn rest(&self, filters: &[Box<dyn Query>]) -> Vec<(Occur, Box<dyn Query>)> {
        let filters = filters.iter().map(|filter| {
            let silent: Box<dyn Query> = Box::new(ConstScoreQuery::new(filter.box_clone(), 0.0));
            (Occur::Must, silent)
        });
        filters.chain(self.excluded.iter().map(|query| (Occur::MustNot, query.box_clone()))).collect()
    }

    /// A word in whatever it matches.
    fn word(&mut self, open: &Open, word: &Word, reading: Reading, boosts: &Boosts) -> tantivy::Result<Clause> {
        let expansion = expand(open, word, reading)?;
        let mut queries = Vec::new();
        for Matched { text, weight, fields } in &expansion.terms {
            self.statistics.counts(text, expansion.documents);
            self.terms.insert(text.clone());
            for (field, boost) in text_fields(boosts).filter(|(field, _)| fields.contains(field)) {
                let query = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs);
                queries.push(boosted(Box::new(query), weight * boost));
            }
        }
        let scoring = one_of(queries, TIE);
        if text_fields(boosts).count() < fields().texts().len() {
            return Ok(Clause { matching: scoring.box_clone(), scoring });
        }
        // What stands in any of the fields stands in the vocabulary, once.
        let once = |matched: &Matched| -> Box<dyn Query> {
            let term = Term::from_field_text(fields().vocabulary, &matched.text);
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        };
        Ok(Clause { scoring, matching: one_of(expansion.terms.iter().map(once).collect(), 0.0) })
    }

    /// Words side by side.
    fn sequence(&mut self, sequence: &[Word], boosts: &Boosts) -> Clause {
        self.terms.extend(sequence.iter().map(|word| word.folded.clone()));
        let scoring = one_of(phrases(sequence, boosts), TIE);
        Clause { matching: scoring.box_clone(), scoring }
    }

    fn exclude(&mut self, open: &Open, parsed: &Parsed, boosts: &Boosts) {
        for excluded in &parsed.excluded {
            let [word] = excluded.as_slice() else {
                self.excluded.push(one_of(phrases(excluded, boosts), 0.0));
                continue;
            };
            let stems = Stem::all(&open.manifest.languages).iter().map(|stem| stem.term(word)).collect::<Vec<_>>();
            for term in std::iter::once(word.folded.clone()).chain(stems) {
                let term = Term::from_field_text(fields().vocabulary, &term);
                self.excluded.push(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
            }
        }
    }
}

/// The fields that are searched, each with its boost; one that counts nothing is not.
fn text_fields(boosts: &Boosts) -> impl Iterator<Item = (Field, f32)> {
    let boosts = [boosts.title, boosts.tags, boosts.city, boosts.description];
    fields().texts().into_iter().zip(boosts).filter(|(_, boost)| *boost > 0.0)
}

fn phrases(sequence: &[Word], boosts: &Boosts) -> Vec<Box<dyn Query>> {
    let phrase = |(field, boost): (Field, f32)| {
        let terms = sequence.iter().map(|word| Term::from_field_text(field, &word.folded)).collect();
        boosted(Box::new(PhraseQuery::new(terms)), boost)
    };
    text_fields(boosts).map(phrase).collect()
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

fn one_of(mut queries: Vec<Box<dyn Query>>, tie: f32) -> Box<dyn Query> {
    match (queries.pop(), queries.is_empty()) {
        (None, _) => Box::new(EmptyQuery),
        (Some(only), true) => only,
        (Some(last), false) => {
            queries.push(last);
            Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, tie))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use shared::clock::Clock;
    use tantivy::collector::DocSetCollector;

    use super::*;
    use crate::documents::Document;
    use crate::index::{Change, Fetched, Manifest, write};
    use crate::query::parse;
    use crate::settings::Settings;

    fn index(texts: &[(String, String)]) -> Open {
        let clock = Clock::system();
        let change = |(id, (title, description)): (usize, &(String, String))| {
            let document = json!({"id": id.to_string(), "entity_type": "event", "title": title, "description": description, "city": "Wien"});
            let document: Document = serde_json::from_value(document).unwrap();
            Change { key: document.key(), document: Some((document, None)) }
        };
        let changes: Vec<Change> = texts.iter().enumerate().map(change).collect();
        let empty = Manifest::empty(None, clock.now());
        let made = write(&empty, &Fetched::new(), &changes, (None, "en"), &clock).unwrap();
        Open::of(made.manifest, &made.objects.into_iter().collect()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_is_counted_is_what_is_found(
            texts in prop::collection::vec(("(concerts?|jazz|jaz|night|vienna)( (jazz|nights?|wine)){0,2}", "((concert|wein|müller) ){0,3}"), 1..12),
            queries in prop::collection::vec("(concert|jazz|nigth|wien|muell|wine)( (concerts|jaz|night|-wine|\"jazz night\")){0,2}", 8),
            titles_only in any::<bool>(),
        ) {
            let open = index(&texts);
            let boosts = Boosts { title: 1.0, tags: 0.0, city: 0.0, description: 0.0 };
            let synonyms = serde_json::from_value(json!([["wine", "vienna", "jazz night"]])).unwrap();
            let settings = Settings { synonyms, ..Settings::default() };
            let settings = Prepared::new(if titles_only { Settings { boosts, ..settings } } else { settings });
            for query in queries {
                for parsed in [parse(&query), parse(&query).exact()] {
                    let lexical = Lexical::new(&open, &parsed, &settings).unwrap();
                    let found = |query: &dyn Query| open.searcher.search(query, &DocSetCollector).unwrap();
                    let all = found(&*lexical.query(Strictness::All, &[]));
                    prop_assert_eq!(found(&*lexical.matching_all(&[])), all, "{}", &query);
                }
            }
        }
    }
}
