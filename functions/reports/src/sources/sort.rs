//! What comes from a source: rows of its dataset, and what is none, as it came.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use shared::Error;
use uuid::Uuid;

use super::model::Rejected;
use super::named::users_in;
use crate::datasets::Dataset;
use crate::rows::{NewRow, Waiting, owner, read};

/// Rows of one message.
const MOST_ROWS: usize = 1000;
/// Characters of a reason: it may repeat what came.
const LONGEST_REASON: usize = 300;
/// Bytes of an event's type as JSON: it stands beside each of its rows that does not fit.
const LONGEST_TYPE: usize = 258;
/// Users that one row that does not fit may be about: each is remembered, so that they can be forgotten.
const MOST_USERS: usize = 100;
/// And all of a message.
const MOST_USERS_OF_ALL: usize = 2000;
/// The column for an event's type.
const TYPE: &str = "type";

/// A message's rows, and what does not fit.
#[derive(Serialize, Deserialize)]
pub(super) struct Sorted {
    pub(super) rows: Vec<Waiting>,
    pub(super) rejected: Vec<Rejected>,
}

/// A message that lists rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows<'a> {
    #[serde(borrow)]
    rows: Vec<&'a RawValue>,
}

/// A message that tells of something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event<'a> {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    timestamp: Option<Timestamp>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// A part of a message that should be a row.
struct Part {
    row: Result<NewRow, String>,
    /// As it came.
    given: String,
}

impl Sorted {
    /// What it takes of the quota: its rows, and the users whom those name that do not fit.
    pub(super) fn weight(&self) -> usize {
        self.rows.len() + self.rejected.iter().map(|row| 1 + row.users.len()).sum::<usize>()
    }
}

/// What of a message, which is JSON, are rows of the dataset, and what does not fit.
///
/// # Errors
/// `VALIDATION_FAILED` if it has more than 1000 rows.
pub(super) fn sort(dataset: &Dataset, batch: Uuid, message: &str, now: Timestamp) -> Result<Sorted, Error> {
    let parts = split(dataset, message)?;
    let mut sorted = Sorted { rows: Vec::new(), rejected: Vec::new() };
    let mut left = MOST_USERS_OF_ALL;
    for (number, Part { row, given }) in parts.into_iter().enumerate() {
        let mut user = None;
        let row = row.and_then(|row| {
            user = owner(dataset, &row.values);
            read(dataset, (batch, number), &row, now).map_err(|misfit| format!("{}: {}", misfit.field, misfit.message))
        });
        match row {
            Ok(row) => sorted.rows.push(row),
            Err(reason) => {
                let mut reason: String = reason.chars().take(LONGEST_REASON).collect();
                let (mut users, mut given) = (users_in(&given, user), given);
                if users.len() > MOST_USERS.min(left) {
                    reason.push_str("; it names too many users to be kept");
                    (users, given) = (Vec::new(), "null".to_owned());
                }
                left -= users.len();
                sorted.rejected.push(Rejected { number, reason, given, users, received_at: now });
            }
        }
    }
    Ok(sorted)
}

fn split(dataset: &Dataset, message: &str) -> Result<Vec<Part>, Error> {
    let rows = match serde_json::from_str::<Rows<'_>>(message) {
        Ok(Rows { rows }) => rows.into_iter().map(listed).collect::<Vec<_>>(),
        Err(not_rows) => match event(dataset, message) {
            Ok(rows) => rows,
            Err(not_event) => {
                let reason = format!("it is no list of rows ({not_rows}), and no event ({not_event})");
                vec![Part { row: Err(reason), given: message.to_owned() }]
            }
        },
    };
    if rows.len() > MOST_ROWS { Err(Error::field("rows", "must be at most 1000")) } else { Ok(rows) }
}

fn listed(row: &RawValue) -> Part {
    Part { row: serde_json::from_str(row.get()).map_err(|error| error.to_string()), given: row.get().to_owned() }
}

/// The rows of an event's data.
fn event(dataset: &Dataset, message: &str) -> Result<Vec<Part>, String> {
    let Event { kind, timestamp, data } = serde_json::from_str(message).map_err(|error| error.to_string())?;
    let kind = kind.map(Json::String).unwrap_or_default();
    if kind.to_string().len() > LONGEST_TYPE {
        return Err("its type has more than 256 bytes".to_owned());
    }
    let has_type = dataset.declared().iter().any(|column| column.name == TYPE);
    let row = |data: &RawValue| {
        let row = serde_json::from_str(data.get()).map(|mut values: BTreeMap<String, Json>| {
            if has_type && !kind.is_null() {
                values.entry(TYPE.to_owned()).or_insert_with(|| kind.clone());
            }
            NewRow { at: timestamp, values }
        });
        let at = timestamp.map_or(Json::Null, |at| Json::String(at.to_string()));
        let given = format!("{{\"type\":{kind},\"timestamp\":{at},\"data\":{}}}", data.get());
        Part { row: row.map_err(|error| format!("data: {error}")), given }
    };
    match serde_json::from_str::<Vec<&RawValue>>(data.get()) {
        Ok(list) => Ok(list.into_iter().map(row).collect()),
        Err(_) => Ok(vec![row(data)]),
    }
}
