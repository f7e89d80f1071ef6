//! notify through its real router and worker on the embedded AWS: one fresh platform a test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod attachments;
mod bulk;
mod contacts;
mod devices;
mod digests;
mod erasure;
mod exports;
mod facts;
mod faults;
mod feedback;
mod gateway;
mod inbox;
mod matrix;
mod messages;
mod metrics;
mod preferences;
mod providers;
mod quotas;
mod rules;
mod sending;
mod support;
mod templates;
