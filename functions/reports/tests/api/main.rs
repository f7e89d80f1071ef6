//! reports, through its router on an embedded AWS.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod datasets;
mod exports;
mod faults;
mod jobs;
mod matrix;
mod pages;
mod pdfs;
mod quotas;
mod results;
mod schedules;
mod sources;
mod support;
mod templates;
mod webhooks;
mod workbooks;
