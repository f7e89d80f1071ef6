//! tantivy alone: the same texts in memory, its own query parser, no typos, no prefixes.

use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::indexer::NoMergePolicy;
use tantivy::query::QueryParser;
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::{Index, IndexWriter, Searcher, TantivyDocument};

use super::corpus::Document;
use super::{BOOSTS, LIMIT};
use crate::stage::BoxError;

/// As search's worker has it, in bytes.
const MEMORY: usize = 128 * 1024 * 1024;

/// An index, open.
pub(super) struct Bare {
    searcher: Searcher,
    parser: QueryParser,
    body: Field,
}

impl Bare {
    /// Indexes all documents in one thread; gives the seconds, too.
    pub(super) fn build(documents: &[Document]) -> Result<(Self, f64), BoxError> {
        let started = Instant::now();
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(indexing);
        let [title, tags, city, description] =
            ["title", "tags", "city", "description"].map(|name| schema.add_text_field(name, text.clone()));
        let body = schema.add_text_field("body", STORED);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, MEMORY)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for document in documents {
            let mut indexed = TantivyDocument::new();
            indexed.add_text(title, &document.title);
            indexed.add_text(city, &document.city);
            indexed.add_text(description, &document.description);
            for tag in &document.tags {
                indexed.add_text(tags, tag);
            }
            indexed.add_text(body, document.json.to_string());
            writer.add_document(indexed)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        let seconds = started.elapsed().as_secs_f64();
        let fields = [title, tags, city, description];
        let mut parser = QueryParser::for_index(&index, fields.to_vec());
        parser.set_conjunction_by_default();
        for (field, boost) in fields.into_iter().zip(BOOSTS) {
            parser.set_field_boost(field, boost);
        }
        Ok((Self { searcher: index.reader()?.searcher(), parser, body }, seconds))
    }

    pub(super) fn segments(&self) -> usize {
        self.searcher.segment_readers().len()
    }

    /// The milliseconds of a search, and how many results it has on its page.
    pub(super) fn time(&self, text: &str) -> Result<(f64, usize), BoxError> {
        let started = Instant::now();
        let query = self.parser.parse_query(text)?;
        let found = self.searcher.search(&query, &TopDocs::with_limit(LIMIT).order_by_score())?;
        let mut bytes = 0;
        for (_, address) in &found {
            let document: TantivyDocument = self.searcher.doc(*address)?;
            bytes += document.get_first(self.body).and_then(|body| body.as_str().map(str::len)).unwrap_or_default();
        }
        std::hint::black_box(bytes);
        Ok((started.elapsed().as_secs_f64() * 1000.0, found.len()))
    }
}
