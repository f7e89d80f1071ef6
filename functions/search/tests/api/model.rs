//! A small embedding model: real files in the real format, with a few words.

use std::collections::HashMap;
use std::path::Path;

use half::f16;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::json;

/// Words with what they mean: the same number is the same thing, more or less.
const WORDS: [(&str, usize); 12] = [
    ("doctors", 1),
    ("physicians", 1),
    ("cardiology", 1),
    ("congress", 2),
    ("meeting", 2),
    ("annual", 3),
    ("children", 4),
    ("kids", 4),
    ("puppet", 4),
    ("theatre", 5),
    ("jazz", 6),
    ("night", 7),
];

/// Writes the model into a folder.
pub fn write(folder: &Path) {
    let vocabulary: HashMap<&str, usize> =
        WORDS.iter().enumerate().map(|(at, (word, _))| (*word, at + 1)).chain([("[UNK]", 0)]).collect();
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"}
    });
    std::fs::write(folder.join("l2_supercat_tokenizer_config.json"), tokenizer.to_string()).unwrap();
    let mut bytes = vec![0; 512];
    for (at, (_, meaning)) in WORDS.iter().enumerate() {
        let mut vector = [f16::ZERO; 256];
        vector[*meaning] = f16::ONE;
        vector[100 + at] = f16::from_f32(0.2);
        bytes.extend(vector.iter().flat_map(|number| number.to_le_bytes()));
    }
    let tensor = TensorView::new(Dtype::F16, vec![WORDS.len() + 1, 256], &bytes).unwrap();
    let file = safetensors::serialize([("embedding.weight", tensor)], None).unwrap();
    std::fs::write(folder.join("l2_supercat_256.safetensors"), file).unwrap();
}
