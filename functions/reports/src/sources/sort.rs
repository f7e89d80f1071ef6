//! What comes from a source: rows of its dataset, and what is none.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use shared::Error;
use uuid::Uuid;

use super::model::Rejected;
use crate::datasets::Dataset;
use crate::rows::{NewRow, Waiting, owner, read};

/// Rows of one message.
const MOST_ROWS: usize = 1000;
/// The column for an event's type.
const TYPE: &str = "type";
/// What an event may have.
const EVENT: [&str; 3] = [TYPE, "timestamp", "data"];

/// A message's rows, and what does not fit.
#[derive(Serialize, Deserialize)]
pub(super) struct Sorted {
    pub(super) rows: Vec<Waiting>,
    pub(super) rejected: Vec<Rejected>,
}

/// A part of a message that should be a row.
struct Part {
    row: Result<NewRow, String>,
    /// As it came.
    given: Json,
}

/// What of a message are rows of the dataset, and what does not fit.
///
/// # Errors
/// `VALIDATION_FAILED` if it has more than 1000 rows.
pub(super) fn sort(dataset: &Dataset, batch: Uuid, message: Json, now: Timestamp) -> Result<Sorted, Error> {
    let parts = split(dataset, message);
    if parts.len() > MOST_ROWS {
        return Err(Error::field("rows", "must be at most 1000"));
    }
    let mut sorted = Sorted { rows: Vec::new(), rejected: Vec::new() };
    for (number, Part { row, given }) in parts.into_iter().enumerate() {
        let row = row.and_then(|row| {
            read(dataset, (batch, number), &row, now).map_err(|misfit| format!("{}: {}", misfit.field, misfit.message))
        });
        match row {
            Ok(row) => sorted.rows.push(row),
            Err(reason) => sorted.rejected.push(Rejected {
                number,
                reason,
                user: ["values", "data"].iter().find_map(|name| owner(dataset, given.get(name)?.as_object()?)),
                given: given.to_string(),
                received_at: now,
            }),
        }
    }
    Ok(sorted)
}

fn split(dataset: &Dataset, message: Json) -> Vec<Part> {
    let Json::Object(mut fields) = message else { return vec![none("it is no object", message)] };
    match (fields.len(), fields.remove("rows"), fields.remove("data")) {
        (1, Some(Json::Array(rows)), None) => rows.into_iter().map(part).collect(),
        (_, None, Some(Json::Array(data))) => data.into_iter().map(|data| event(dataset, &fields, data)).collect(),
        (_, None, Some(data)) => vec![event(dataset, &fields, data)],
        (_, rows, data) => {
            fields.extend(rows.map(|rows| ("rows".to_owned(), rows)));
            fields.extend(data.map(|data| ("data".to_owned(), data)));
            vec![none("it has neither a list of rows, and nothing else, nor data", Json::Object(fields))]
        }
    }
}

fn none(reason: &str, given: Json) -> Part {
    Part { row: Err(reason.to_owned()), given }
}

fn part(given: Json) -> Part {
    Part { row: NewRow::deserialize(&given).map_err(|error| error.to_string()), given }
}

/// One of an event's data, with what else the event says.
fn event(dataset: &Dataset, fields: &Map<String, Json>, data: Json) -> Part {
    let row = row_of_event(dataset, fields, &data);
    let mut given = fields.clone();
    given.insert("data".to_owned(), data);
    Part { row, given: Json::Object(given) }
}

fn row_of_event(dataset: &Dataset, fields: &Map<String, Json>, data: &Json) -> Result<NewRow, String> {
    if let Some(unknown) = fields.keys().find(|name| !EVENT.contains(&name.as_str())) {
        let unknown: String = unknown.chars().take(64).collect();
        return Err(format!("{unknown}: is none of type, timestamp and data"));
    }
    let at = fields.get("timestamp").map(Timestamp::deserialize).transpose();
    let at = at.map_err(|_| "timestamp: must be a moment".to_owned())?;
    let values = data.as_object().ok_or("data: must be an object, or a list of objects")?;
    let mut values: BTreeMap<String, Json> = values.clone().into_iter().collect();
    if let Some(kind) = fields.get(TYPE).filter(|_| dataset.declared().iter().any(|column| column.name == TYPE)) {
        values.entry(TYPE.to_owned()).or_insert_with(|| kind.clone());
    }
    Ok(NewRow { at, values })
}
