use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::SqsError;

/// One entry of a batch: its id, unique within the batch, and what it asks.
#[derive(Debug, Deserialize)]
pub(super) struct Entry<T> {
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) request: T,
}

/// A batch answers for each entry: one can fail without the others.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Outcome<T> {
    successful: Vec<Success<T>>,
    failed: Vec<Failure>,
}

#[derive(Debug, Serialize)]
struct Success<T> {
    #[serde(rename = "Id")]
    id: String,
    #[serde(flatten)]
    result: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    id: String,
    sender_fault: bool,
    code: &'static str,
    message: String,
}

/// Checks what the entries must be together, then does each.
///
/// An error that is not the sender's is the whole batch's: its transaction is rolled back.
pub(super) fn each<T, R>(
    entries: Vec<Entry<T>>,
    mut work: impl FnMut(T) -> Result<R, SqsError>,
) -> Result<Outcome<R>, SqsError> {
    check(&entries)?;
    let mut outcome = Outcome { successful: Vec::new(), failed: Vec::new() };
    for Entry { id, request } in entries {
        match work(request) {
            Ok(result) => outcome.successful.push(Success { id, result }),
            Err(error) if error.is_senders_fault() => {
                outcome.failed.push(Failure { id, sender_fault: true, code: error.code(), message: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(outcome)
}

fn check<T>(entries: &[Entry<T>]) -> Result<(), SqsError> {
    if entries.is_empty() {
        return Err(SqsError::EmptyBatchRequest);
    }
    if entries.len() > 10 {
        return Err(SqsError::TooManyEntriesInBatchRequest(entries.len()));
    }
    let mut seen = BTreeSet::new();
    for Entry { id, .. } in entries {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !(1..=80).contains(&id.len()) || !id.bytes().all(valid) {
            return Err(SqsError::InvalidBatchEntryId);
        }
        if !seen.insert(id) {
            return Err(SqsError::BatchEntryIdsNotDistinct(id.clone()));
        }
    }
    Ok(())
}
