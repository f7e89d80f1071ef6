//! Several items that must agree are written in one transaction.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::failure::{classify, is_throttling};
use super::{Action, Meter, Store};
use crate::error::Error;
use crate::ids;

/// Tries of one transaction: conflicts are rare and short, more of them would only wait in line.
pub(crate) const TRIES: u32 = 8;
/// The longest pause between two tries; with full jitter eight tries stay within 2 s.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
const FIRST_PAUSE: Duration = Duration::from_millis(8);

/// Writes that happen together or not at all (≤ 100 actions, 4 MB).
#[derive(Debug)]
#[must_use = "a transaction does nothing until it is committed"]
pub struct Transaction {
    store: Store,
    actions: Vec<Action>,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// All of it is written.
    Done,
    /// Nothing is written, since the condition of the action with this index did not hold.
    Refused(usize),
}

impl Transaction {
    /// An empty transaction.
    pub fn new(store: &Store) -> Self {
        Self { store: store.clone(), actions: Vec::new() }
    }

    /// Adds an action and returns its index, by which [`Commit::Refused`] names it.
    pub fn add(&mut self, action: Action) -> usize {
        self.actions.push(action);
        self.actions.len() - 1
    }

    /// The same, for building a transaction in one expression.
    pub fn with(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// Writes everything or nothing. Conflicts and throttling are retried with full jitter.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when conflicts or throttling go on for all tries.
    pub async fn commit(self) -> Result<Commit, Error> {
        Ok(self.commit_each().await?.first().map_or(Commit::Done, |index| Commit::Refused(*index)))
    }

    /// The same, and names every action whose condition did not hold, in their order: none means that all is written, as
    /// an empty transaction always is.
    ///
    /// # Errors
    /// As of [`Transaction::commit`].
    pub async fn commit_each(self) -> Result<Vec<usize>, Error> {
        if self.actions.is_empty() {
            return Ok(Vec::new());
        }
        let items: Vec<TransactWriteItem> =
            self.actions.into_iter().map(Action::into_transact_item).collect::<Result<_, _>>()?;
        // One token for all tries: if an answer is lost, the next try does not write again.
        let token = URL_SAFE_NO_PAD.encode(ids::random::<24>()?);
        let mut tries = 0;
        loop {
            let sent = self
                .store
                .0
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(&token)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let error = match sent {
                Ok(output) => {
                    Meter::count(output.consumed_capacity());
                    return Ok(Vec::new());
                }
                Err(error) => error,
            };
            Meter::count(None);
            match cancellation(&error) {
                Cancellation::Conditions(indexes) => return Ok(indexes),
                Cancellation::Passing if tries + 1 < TRIES => {
                    tokio::time::sleep(pause(tries)).await;
                    tries += 1;
                }
                Cancellation::Passing => return Err(Error::unavailable(error)),
                Cancellation::Other => return Err(classify(error)),
            }
        }
    }
}

impl Extend<Action> for Transaction {
    fn extend<I: IntoIterator<Item = Action>>(&mut self, actions: I) {
        self.actions.extend(actions);
    }
}

/// Why nothing was written.
enum Cancellation {
    Conditions(Vec<usize>),
    Passing,
    Other,
}

fn cancellation(
    error: &SdkError<TransactWriteItemsError, aws_sdk_dynamodb::config::http::HttpResponse>,
) -> Cancellation {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let codes = || cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or("None"));
            let refused = codes().enumerate().filter(|(_, code)| *code == "ConditionalCheckFailed");
            let refused: Vec<usize> = refused.map(|(index, _)| index).collect();
            if !refused.is_empty() {
                Cancellation::Conditions(refused)
            } else if codes().any(|code| code == "TransactionConflict" || is_throttling(code)) {
                Cancellation::Passing
            } else {
                Cancellation::Other
            }
        }
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Cancellation::Passing,
        _ => Cancellation::Other,
    }
}

/// Full jitter: a random part of a pause that doubles with each try.
pub(crate) fn pause(tries: u32) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(1 << tries.min(10)).min(LONGEST_PAUSE);
    Duration::from_micros(ids::jitter(u64::try_from(most.as_micros()).unwrap_or(u64::MAX)))
}
