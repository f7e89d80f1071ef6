//! What texts mean, as vectors.

mod embedder;
mod word_vectors;

pub(crate) use embedder::{Embedder, Semantics, vector_of};
