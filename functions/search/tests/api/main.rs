//! search through its real router and worker on the embedded AWS: one fresh platform a test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod analytics;
mod documents;
mod facts;
mod faults;
mod filters;
mod imports;
mod isolation;
mod jobs;
mod leftovers;
mod lexical;
mod matrix;
mod model;
mod paging;
mod quota;
mod reindex;
mod saved;
mod semantic;
mod settings;
mod support;
