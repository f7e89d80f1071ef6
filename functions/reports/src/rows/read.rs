//! Rows as they come: what does not fit the dataset's columns is told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value as Json;
use shared::auth::UserId;
use shared::seal;
use utoipa::ToSchema;
use uuid::Uuid;

use super::batches::Waiting;
use super::model::Row;
use crate::datasets::Dataset;
use crate::values::Value;

/// Bytes of one row's cells as JSON.
const LARGEST: usize = 16 * 1024;
/// Years of moments that rows may have.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;

/// A row.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewRow {
    /// When it happened; now, if it does not say.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) at: Option<Timestamp>,
    /// By the columns' names.
    #[schema(value_type = Object, example = json!({"ticket": "A-17", "price": 49.9}))]
    pub(crate) values: BTreeMap<String, Json>,
}

/// Why a row does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Where: `values.price`.
    pub(crate) field: String,
    /// What is wrong there.
    pub(crate) message: &'static str,
}

impl Misfit {
    fn new(field: impl Into<String>, message: &'static str) -> Self {
        Self { field: field.into(), message }
    }

    fn of_column(name: &str, message: &'static str) -> Self {
        Self::new(format!("values.{}", name.chars().take(64).collect::<String>()), message)
    }
}

/// A row as it is stored: the one with this number in its batch has the same id whenever it is stored.
pub(crate) fn read(
    dataset: &Dataset,
    (batch, number): (Uuid, usize),
    row: &NewRow,
    now: Timestamp,
) -> Result<Waiting, Misfit> {
    let (cells, user) = cells(dataset, row)?;
    let at = row.at.unwrap_or(now);
    if !YEARS.contains(&at.to_zoned(TimeZone::UTC).year()) {
        return Err(Misfit::new("at", "must be from 1970 to 2200"));
    }
    let id = seal::name_id("row", format!("{batch}#{number}").as_bytes()).to_string();
    let row = Row { id, at: at.as_millisecond(), recorded_at: now.as_millisecond(), cells, user: None };
    Ok(Waiting { row, user })
}

/// Whose a row is, as far as it says so, whether it fits or not.
pub(crate) fn owner(dataset: &Dataset, values: &BTreeMap<String, Json>) -> Option<UserId> {
    let Dataset::Custom(custom) = dataset else { return None };
    Some(UserId(values.get(custom.user_column.as_deref()?)?.as_str()?.parse().ok()?))
}

/// A row's cells as JSON, and whose it is.
fn cells(dataset: &Dataset, row: &NewRow) -> Result<(String, Option<UserId>), Misfit> {
    let columns = dataset.declared();
    if let Some(unknown) = row.values.keys().find(|name| !columns.iter().any(|column| column.name == **name)) {
        return Err(Misfit::of_column(unknown, "is no column of the dataset"));
    }
    let mut cells: BTreeMap<&str, Value> = BTreeMap::new();
    for column in &columns {
        let given = row.values.get(&column.name).unwrap_or(&Json::Null);
        let value = column.kind.read(given).map_err(|problem| Misfit::of_column(&column.name, problem))?;
        if value.is_null() {
            if column.required {
                return Err(Misfit::of_column(&column.name, "is required"));
            }
            continue;
        }
        cells.insert(&column.name, value);
    }
    let user = match dataset {
        Dataset::Custom(custom) => custom.user_column.as_deref().and_then(|name| cells.get(name)),
        Dataset::Platform(_) => None,
    };
    let user = match user {
        Some(Value::Text(id)) => id.parse().ok().map(UserId),
        _ => None,
    };
    let json = serde_json::to_string(&cells).map_err(|_| Misfit::new("values", "cannot be stored"))?;
    if json.len() > LARGEST {
        return Err(Misfit::new("values", "must be at most 16384 bytes"));
    }
    Ok((json, user))
}
