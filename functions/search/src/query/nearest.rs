//! Documents that mean the most similar things: every vector is compared, none is estimated.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::index::{SegmentId, SegmentReader};
use tantivy::query::Query;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal};

use crate::index::{Quantised, VectorColumn};

/// Collects the documents whose vectors are nearest to one.
pub(crate) struct Nearest {
    pub(crate) to: Quantised,
    pub(crate) limit: usize,
    /// The least cosine.
    pub(crate) least: f32,
}

/// A document with its cosine; the least similar is the greatest, so that a heap gives it away first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Likeness {
    cosine: f32,
    address: DocAddress,
}

impl Eq for Likeness {}

impl Ord for Likeness {
    fn cmp(&self, other: &Self) -> Ordering {
        other.cosine.total_cmp(&self.cosine).then_with(|| self.address.cmp(&other.address))
    }
}

impl PartialOrd for Likeness {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The nearest documents of one segment.
pub(crate) struct NearestOfSegment {
    to: Quantised,
    least: f32,
    limit: usize,
    vectors: VectorColumn,
    segment: SegmentOrdinal,
    found: BinaryHeap<Likeness>,
}

impl Collector for Nearest {
    type Fruit = Vec<(f32, DocAddress)>;
    type Child = NearestOfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<NearestOfSegment> {
        let vectors = VectorColumn::open(reader)?;
        let (to, least, limit) = (self.to.clone(), self.least, self.limit);
        Ok(NearestOfSegment { to, least, limit, vectors, segment, found: BinaryHeap::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<(f32, DocAddress)>>) -> tantivy::Result<Vec<(f32, DocAddress)>> {
        let mut all: Vec<Likeness> =
            segments.into_iter().flatten().map(|(cosine, address)| Likeness { cosine, address }).collect();
        all.sort_unstable();
        Ok(all.into_iter().take(self.limit).map(|likeness| (likeness.cosine, likeness.address)).collect())
    }
}

impl SegmentCollector for NearestOfSegment {
    type Fruit = Vec<(f32, DocAddress)>;

    fn collect(&mut self, document: DocId, _: Score) {
        let Some(cosine) = self.vectors.get(document).map(|vector| vector.cosine(&self.to)) else { return };
        let is_full = self.found.len() >= self.limit;
        if cosine < self.least || is_full && self.found.peek().is_none_or(|last| cosine <= last.cosine) {
            return;
        }
        if is_full {
            self.found.pop();
        }
        self.found.push(Likeness { cosine, address: DocAddress::new(self.segment, document) });
    }

    fn harvest(self) -> Self::Fruit {
        self.found.into_iter().map(|likeness| (likeness.cosine, likeness.address)).collect()
    }
}

/// Matches certain documents.
pub(crate) struct Among(Arc<HashMap<SegmentId, Vec<DocId>>>);

impl Among {
    /// Of these addresses.
    pub(crate) fn new(searcher: &Searcher, addresses: impl Iterator<Item = DocAddress>) -> Self {
        let mut documents: HashMap<SegmentId, Vec<DocId>> = HashMap::new();
        for address in addresses {
            let segment = searcher.segment_reader(address.segment_ord).segment_id();
            documents.entry(segment).or_default().push(address.doc_id);
        }
        for ids in documents.values_mut() {
            ids.sort_unstable();
        }
        Self(Arc::new(documents))
    }

    /// As a query, without a score.
    pub(crate) fn query(&self) -> Box<dyn Query> {
        let all = Arc::clone(&self.0);
        let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
            let of_segment = all.get(&segment.segment_id()).cloned().unwrap_or_default();
            Ok(move |document: DocId| of_segment.binary_search(&document).is_ok())
        });
        Box::new(DocPredicateQuery::from(predicate))
    }
}
