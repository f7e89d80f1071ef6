//! From what somebody types to what the index is asked. Nothing here waits or calls.

mod expand;
mod facets;
mod filters;
mod highlight;
mod lexical;
mod nearest;
mod parse;
mod sorted;
mod statistics;

pub(crate) use facets::{Facets, facets};
pub(crate) use filters::{Area, Filters};
pub(crate) use highlight::{Highlighter, Highlights};
pub(crate) use lexical::{Lexical, Strictness};
pub(crate) use nearest::{Among, Nearest};
pub(crate) use parse::{Parsed, parse};
pub(crate) use sorted::{Order, Sorted, distance_km};
