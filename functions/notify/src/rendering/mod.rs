//! Handlebars: what a message says, with its variables filled in.

mod check;
mod compiled;
mod content;
mod variables;

pub(crate) use check::TemplateProblem;
pub(crate) use compiled::Compiled;
pub(crate) use content::Content;
pub(crate) use variables::{Variables, bounded};
