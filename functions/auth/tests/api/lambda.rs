//! The real Lambda binaries under a Runtime API, with every file of `events/`.
