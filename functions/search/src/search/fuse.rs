//! Two rankings become one: reciprocal rank fusion.

use std::collections::HashMap;

use tantivy::DocAddress;

use super::answer::ScoreParts;

/// How much the first places stand out (Cormack, Clarke and Büttcher, 2009).
const K: f32 = 60.0;

/// A document with its score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) address: DocAddress,
    pub(super) score: f32,
    pub(super) parts: ScoreParts,
}

/// Ranks by words alone.
pub(super) fn lexical(found: Vec<(f32, DocAddress)>) -> Vec<Ranked> {
    let ranked = |(place, (score, address)): (usize, (f32, DocAddress))| {
        let parts = ScoreParts { lexical: Some(score), lexical_rank: Some(place + 1), ..ScoreParts::default() };
        Ranked { address, score, parts }
    };
    found.into_iter().enumerate().map(ranked).collect()
}

/// Ranks by words, which count so much, and by meaning: what is good by both comes first.
pub(super) fn fuse(
    by_words: Vec<(f32, DocAddress)>,
    words_count: f32,
    by_meaning: &[(f32, DocAddress)],
) -> Vec<Ranked> {
    let mut all: HashMap<DocAddress, Ranked> = HashMap::new();
    for ranked in lexical(by_words) {
        let score = words_count * share(ranked.parts.lexical_rank);
        all.insert(ranked.address, Ranked { score, ..ranked });
    }
    for (place, (cosine, address)) in by_meaning.iter().enumerate() {
        let rank = Some(place + 1);
        let new = Ranked { address: *address, score: 0.0, parts: ScoreParts::default() };
        let ranked = all.entry(*address).or_insert(new);
        ranked.score += share(rank);
        ranked.parts.semantic = Some(*cosine);
        ranked.parts.semantic_rank = rank;
    }
    let mut all: Vec<Ranked> = all.into_values().collect();
    all.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.address.cmp(&b.address)));
    all
}

#[expect(clippy::cast_precision_loss, reason = "a rank is at most 10 000")]
fn share(rank: Option<usize>) -> f32 {
    rank.map_or(0.0, |rank| 1.0 / (K + rank as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_good_by_both_comes_first() {
        let at = |id| DocAddress::new(0, id);
        let fused = |count| fuse(vec![(9.0, at(1)), (8.0, at(2)), (7.0, at(3))], count, &[(0.9, at(4)), (0.8, at(3))]);
        let order = |fused: &[Ranked]| fused.iter().map(|ranked| ranked.address.doc_id).collect::<Vec<_>>();
        assert_eq!(order(&fused(0.5)), [3, 4, 1, 2]);
        let fused = fused(1.0);
        assert_eq!(order(&fused), [3, 1, 4, 2]);
        assert_eq!((fused[0].parts.lexical_rank, fused[0].parts.semantic_rank), (Some(3), Some(2)));
    }
}
