//! What the embedded AWS does, asked by the SDK's own clients.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod durability;
mod dynamodb;
mod edge;
mod faults;
mod platform;
mod s3;
mod ses;
mod sns;
mod sqs;
mod template;
