//! What other services have notify tell somebody, in the platform's own words.
//!
//! A tenant cannot change them: they hold links that sign people in, also to other tenants.

mod accept;
mod english;
mod german;
mod words;

pub(crate) use accept::accept;
