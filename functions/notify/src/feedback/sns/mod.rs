//! Messages of Amazon SNS, and whether they are: docs.aws.amazon.com, "Verifying the signatures of Amazon SNS
//! messages".

mod certificates;
mod envelope;
mod verifier;

pub(super) use envelope::{Envelope, Kind};
pub(crate) use verifier::SnsVerifier;
