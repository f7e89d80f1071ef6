//! How good results are: nDCG@10 over a judged set, by words, by meaning, and by both.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::search::Service;
use crate::stage::{BoxError, Stage};

const DOCUMENTS: &str = include_str!("../quality/documents.json");
const QUERIES: &str = include_str!("../quality/queries.json");
/// Results that count.
const DEPTH: usize = 10;
const ALL: &str = "ALL";

/// nDCG@10 of one query, or of several: by words, by meaning, by both.
type Gains = [f64; 3];

/// Prints a table; fails unless both together are better than either alone.
pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    let service = Service::start(&stage).await?;
    let documents: Value = serde_json::from_str(DOCUMENTS)?;
    let task = service.put(json!({ "documents": documents }).to_string()).await?;
    service.work(&task).await?;
    let queries: Vec<Value> = serde_json::from_str(QUERIES)?;
    let mut kinds: BTreeMap<&str, Vec<Gains>> = BTreeMap::new();
    for query in &queries {
        let (text, kind) = (text(query, "query")?, text(query, "kind")?);
        let judged = judged(query)?;
        let by_words = service.search(&json!({"query": text, "use_semantic": false, "limit": DEPTH})).await?;
        // Enough of them that the first ones by meaning are among them, whatever their place by words.
        let both = service.search(&json!({"query": text, "explain": true, "limit": 100})).await?;
        if both["semantic"] != "used" {
            return Err(format!("searched by words alone: {}", both["semantic"]).into());
        }
        let gains = [ids(&by_words)?, by_meaning(&both)?, ids(&both)?].map(|ranking| ndcg(&ranking, &judged));
        kinds.entry(kind).or_default().push(gains);
        kinds.entry(ALL).or_default().push(gains);
    }
    print(&kinds)
}

fn print(kinds: &BTreeMap<&str, Vec<Gains>>) -> Result<(), BoxError> {
    println!("nDCG@10       queries  lexical  semantic  hybrid");
    // `ALL` is the last one.
    for (kind, gains) in kinds.iter().filter(|(kind, _)| **kind != ALL).chain(kinds.get_key_value(ALL)) {
        let [lexical, semantic, hybrid] = means(gains);
        println!("{kind:<12}  {:>7}  {lexical:>7.3}  {semantic:>8.3}  {hybrid:>6.3}", gains.len());
    }
    let [lexical, semantic, hybrid] = means(kinds.get(ALL).map_or(&[], Vec::as_slice));
    if hybrid > lexical.max(semantic) { Ok(()) } else { Err("hybrid is not better than both alone".into()) }
}

fn means(gains: &[Gains]) -> Gains {
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let count = gains.len() as f64;
    std::array::from_fn(|at| gains.iter().map(|of_query| of_query[at]).sum::<f64>() / count)
}

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, BoxError> {
    value[name].as_str().ok_or_else(|| format!("{name} is missing: {value}").into())
}

/// The grades of documents, 1 to 3.
fn judged(query: &Value) -> Result<HashMap<&str, i32>, BoxError> {
    let grades = query["relevant"].as_object().ok_or("a query without its judged documents")?;
    let grade = |grade: &Value| i32::try_from(grade.as_i64()?).ok();
    grades.iter().map(|(id, of_id)| Ok((id.as_str(), grade(of_id).ok_or("a grade that is no number")?))).collect()
}

fn ids(found: &Value) -> Result<Vec<String>, BoxError> {
    let results = found["results"].as_array().ok_or("no results")?;
    results.iter().map(|result| Ok(text(result, "id")?.to_owned())).collect()
}

/// What is near, the nearest first.
fn by_meaning(found: &Value) -> Result<Vec<String>, BoxError> {
    let results = found["results"].as_array().ok_or("no results")?;
    let mut near: Vec<(u64, String)> = Vec::new();
    for result in results {
        if let Some(rank) = result["score_parts"]["semantic_rank"].as_u64() {
            near.push((rank, text(result, "id")?.to_owned()));
        }
    }
    near.sort_unstable();
    Ok(near.into_iter().map(|(_, id)| id).collect())
}

/// Normalised discounted cumulative gain (Järvelin and Kekäläinen, 2002), with gains of 2^grade − 1.
fn ndcg(ranking: &[String], judged: &HashMap<&str, i32>) -> f64 {
    let mut best: Vec<i32> = judged.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let grades = ranking.iter().map(|id| judged.get(id.as_str()).copied().unwrap_or(0));
    gain(grades) / gain(best.into_iter())
}

fn gain(grades: impl Iterator<Item = i32>) -> f64 {
    let at = |(place, grade): (u32, i32)| (2_f64.powi(grade) - 1.0) / f64::from(place + 1).log2();
    (1..).zip(grades.take(DEPTH)).map(at).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_order_is_one() {
        let judged = HashMap::from([("a", 3), ("b", 1)]);
        let order = |ids: &[&str]| ndcg(&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>(), &judged);
        assert!((order(&["a", "b"]) - 1.0).abs() < 1e-9);
        assert!(order(&["b", "a"]) < 1.0 && order(&["x", "a", "b"]) < order(&["a", "x", "b"]));
        assert!(order(&["x"]).abs() < 1e-9);
    }
}
