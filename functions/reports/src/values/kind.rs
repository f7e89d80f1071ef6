//! Types of columns.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Value;

/// Characters of a text.
pub(crate) const LONGEST_TEXT: usize = 4000;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    /// At most 4000 characters.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A number of double precision.
    Number,
    Boolean,
    /// RFC 3339; kept to the millisecond.
    Timestamp,
    /// The id of a user.
    User,
}

impl Kind {
    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Timestamp => "timestamp",
            Self::User => "user",
        }
    }

    /// Whether sums of it say something.
    pub(crate) fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    /// A value as callers give it; why it is none.
    pub(crate) fn read(self, json: &Json) -> Result<Value, &'static str> {
        match (self, json) {
            (_, Json::Null) => Ok(Value::Null),
            (Self::Text, Json::String(text)) if text.chars().count() <= LONGEST_TEXT => Ok(Value::Text(text.clone())),
            (Self::Text, Json::String(_)) => Err("must have at most 4000 characters"),
            (Self::Text, _) => Err("must be a text"),
            (Self::Integer, json) => json.as_i64().map(Value::Integer).ok_or("must be a whole number of 64 bits"),
            (Self::Number, json) => {
                json.as_f64().filter(|n| n.is_finite()).map(Value::Number).ok_or("must be a number")
            }
            (Self::Boolean, Json::Bool(is)) => Ok(Value::Boolean(*is)),
            (Self::Boolean, _) => Err("must be true or false"),
            (Self::Timestamp, json) => {
                let time = json.as_str().and_then(|text| text.parse::<Timestamp>().ok());
                time.map(|time| Value::time(time.as_millisecond())).ok_or("must be a moment as of RFC 3339")
            }
            (Self::User, json) => {
                let id = json.as_str().and_then(|text| text.parse::<Uuid>().ok());
                id.map(|id| Value::Text(id.to_string())).ok_or("must be the id of a user")
            }
        }
    }

    /// A value as it is stored: like JSON, but moments are milliseconds. What does not fit is nothing.
    pub(crate) fn stored(self, json: Json) -> Value {
        match (self, json) {
            (Self::Text | Self::User, Json::String(text)) => Value::Text(text),
            (Self::Integer, json) => json.as_i64().map_or(Value::Null, Value::Integer),
            (Self::Number, json) => json.as_f64().map_or(Value::Null, Value::Number),
            (Self::Boolean, Json::Bool(is)) => Value::Boolean(is),
            (Self::Timestamp, json) => json.as_i64().map_or(Value::Null, Value::time),
            _ => Value::Null,
        }
    }
}
