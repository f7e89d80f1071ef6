//! Keeping order: bans within a thread, reports of messages, rules about words, and the log of who did what.

pub(crate) mod audit;
pub(crate) mod bans;
pub(crate) mod reports;
pub(crate) mod rules;
