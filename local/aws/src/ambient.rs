//! The machine's time and randomness.
//!
//! The services ask `shared`'s clock and ids for theirs. This crate stands in for AWS, which has
//! its own; it asks here, and nowhere else.

use std::time::SystemTime;

use uuid::Uuid;

#[expect(clippy::disallowed_methods, reason = "the emulated AWS has a time of its own")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

#[expect(clippy::disallowed_methods, reason = "the emulated AWS makes ids of its own")]
pub(crate) fn id() -> Uuid {
    Uuid::new_v4()
}

#[expect(clippy::disallowed_methods, reason = "the emulated Secrets Manager makes secrets of its own")]
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::fill(bytes)
}
