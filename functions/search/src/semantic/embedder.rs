//! Whoever turns texts into vectors, and whether he is there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use shared::config::Env;

use super::word_vectors::WordVectors;
use crate::documents::Document;
use crate::index::{DIMENSIONS, Quantised};

/// How long a model may be on its way.
const LONGEST_FETCH: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);

/// Turns texts into vectors of which similar ones mean similar things.
pub(crate) trait Embedder: Send + Sync {
    /// Names the model: vectors of different ones cannot be compared.
    fn model(&self) -> &str;

    /// A text's vector; `None` if it has no word that the model knows. It takes 0.05 ms for a query.
    fn embed(&self, text: &str) -> Option<[f32; DIMENSIONS]>;
}

/// The embedder of this process, which may still be on its way.
#[derive(Clone, Default)]
pub(crate) struct Semantics(Arc<OnceLock<Option<Arc<dyn Embedder>>>>);

impl Semantics {
    /// Reads the model that `EMBEDDING_MODEL_DIR` names, in a thread of its own: nobody waits for it but a worker that
    /// has documents to write. Without the variable or its files there is none.
    pub(crate) fn load(env: &Env) -> Self {
        let semantics = Self::default();
        let Some(folder) = env.get("EMBEDDING_MODEL_DIR").map(PathBuf::from) else {
            let _ = semantics.0.set(None);
            return semantics;
        };
        let cell = Arc::clone(&semantics.0);
        std::thread::spawn(move || {
            wait_while_fetched(&folder);
            let embedder = WordVectors::load(&folder);
            if let Err(problem) = &embedder {
                tracing::warn!(model.folder = %folder.display(), problem, "there is no embedding model; searches are lexical");
            }
            let _ = cell.set(embedder.ok().map(|embedder| Arc::new(embedder) as Arc<dyn Embedder>));
        });
        semantics
    }

    /// The embedder, if it is ready.
    pub(crate) fn ready(&self) -> Option<&Arc<dyn Embedder>> {
        self.0.get().and_then(Option::as_ref)
    }

    /// Whether it may still come.
    pub(crate) fn is_loading(&self) -> bool {
        self.0.get().is_none()
    }

    /// The embedder, once it is known whether there is one. Blocks for a second at most.
    pub(crate) fn wait(&self) -> Option<&Arc<dyn Embedder>> {
        self.0.wait().as_ref()
    }
}

/// A file `fetching` says that the model is on its way into the folder, as it is at the first local start. Its writer may
/// have been killed.
fn wait_while_fetched(folder: &Path) {
    let mut waited = Duration::ZERO;
    while folder.join("fetching").exists() && !WordVectors::are_in(folder) && waited < LONGEST_FETCH {
        std::thread::sleep(PAUSE);
        waited += PAUSE;
    }
}

/// What a document means: its title, category and tags say most, and are said twice (see the judged set).
pub(crate) fn vector_of(embedder: &dyn Embedder, document: &Document) -> Option<Quantised> {
    let twice = std::iter::once(&document.title).chain(&document.category).chain(&document.tags.0);
    let mut text = String::new();
    for part in twice.flat_map(|part| [part, part]).chain(&document.description) {
        text.push_str(part);
        text.push_str(". ");
    }
    Quantised::of(&embedder.embed(&text)?)
}
