//! The model: a vector for each token, and their mean for a text. It needs no service and no graphics card.
//!
//! Its two files come from the Python package `wordllama` (MIT); `local/fetch-model.py` fetches them.

use std::path::Path;

use half::f16;
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use tokenizers::Tokenizer;

use super::Embedder;
use crate::index::DIMENSIONS;

/// The vectors of all tokens.
const WEIGHTS: &str = "l2_supercat_256.safetensors";
/// How texts become tokens.
const TOKENS: &str = "l2_supercat_tokenizer_config.json";
/// Names the model in manifests; to be changed with what a document's text is, too.
const MODEL: &str = "wordllama-l2-supercat-256/2";
/// Characters of a text that count: what is behind them changes a mean of so many words no more.
const LONGEST: usize = 4000;

/// Vectors of tokens.
pub(super) struct WordVectors {
    tokenizer: Tokenizer,
    /// As numbers that need no conversion: 32 MB, and a fifth of the time.
    vectors: Vec<[f32; DIMENSIONS]>,
}

impl WordVectors {
    /// Whether the model's files are there; the vectors come last.
    pub(super) fn are_in(folder: &Path) -> bool {
        folder.join(WEIGHTS).exists()
    }

    /// Reads the model's files.
    pub(super) fn load(folder: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(folder.join(WEIGHTS)).map_err(|error| error.to_string())?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| error.to_string())?;
        let tensor = tensors.tensor("embedding.weight").map_err(|error| error.to_string())?;
        if tensor.dtype() != Dtype::F16 || tensor.shape().get(1) != Some(&DIMENSIONS) {
            return Err("the model's vectors have another shape".to_owned());
        }
        let (rows, _) = tensor.data().as_chunks::<{ 2 * DIMENSIONS }>();
        let number =
            |row: &[u8; 2 * DIMENSIONS], at: usize| f16::from_le_bytes([row[2 * at], row[2 * at + 1]]).to_f32();
        let vectors = rows.iter().map(|row| std::array::from_fn(|at| number(row, at))).collect();
        let mut tokenizer = Tokenizer::from_file(folder.join(TOKENS)).map_err(|error| error.to_string())?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| error.to_string())?;
        Ok(Self { tokenizer, vectors })
    }
}

impl Embedder for WordVectors {
    fn model(&self) -> &str {
        MODEL
    }

    fn embed(&self, text: &str) -> Option<[f32; DIMENSIONS]> {
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
        let encoding = self.tokenizer.encode_fast(&text[..end], false).ok()?;
        let mut sum = [0_f32; DIMENSIONS];
        let mut found = false;
        for vector in encoding.get_ids().iter().filter_map(|id| self.vectors.get(*id as usize)) {
            found = true;
            for (sum, number) in sum.iter_mut().zip(vector) {
                *sum += number;
            }
        }
        found.then_some(sum)
    }
}
