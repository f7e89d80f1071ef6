//! Values of parameters, and what refers to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::model::{Definition, Parameter};
use crate::ReportsError;
use crate::values::{Kind, Moments, Value};

/// Bytes of all values as JSON: exports keep them.
const LARGEST: usize = 16 * 1024;

/// Values by the parameters' names, as a caller gives them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({"from": "month-1mo", "to": "month"}))]
pub(crate) struct Given(pub(crate) BTreeMap<String, Json>);

/// A parameter with its value.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// What it is called in the report.
    pub(crate) label: String,
    pub(crate) value: Value,
}

/// The parameters' values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(BTreeMap<String, (Kind, Value)>);

impl Parameters {
    /// What was given, else the defaults.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` for a value that is wrong, missing, or of no parameter; `INVALID_TEMPLATE` for a wrong default.
    pub(super) fn of(definition: &Definition, given: &Given, moments: &Moments) -> Result<Self, ReportsError> {
        if serde_json::to_vec(given).map_or(usize::MAX, |json| json.len()) > LARGEST {
            return Err(shared::Error::field("parameters", "must be at most 16384 bytes").into());
        }
        if let Some(unknown) = given.0.keys().find(|name| !definition.parameters.0.iter().any(|p| p.name == **name)) {
            return Err(shared::Error::field(format!("parameters.{}", shown(unknown)), "is not a parameter").into());
        }
        let mut values = BTreeMap::new();
        for parameter in &definition.parameters.0 {
            let value = match given.0.get(&parameter.name) {
                Some(json) if !json.is_null() => read(parameter.kind, json, moments)
                    .map_err(|problem| shared::Error::field(format!("parameters.{}", parameter.name), problem))?,
                _ => default(parameter, moments)?,
            };
            if values.insert(parameter.name.clone(), (parameter.kind, value)).is_some() {
                return Err(ReportsError::invalid(format!("there are two parameters {}", parameter.name)));
            }
        }
        Ok(Self(values))
    }

    /// Whether one that is needed has no value.
    pub(super) fn missing(&self, definition: &Definition) -> Option<String> {
        let lacks = |parameter: &&Parameter| {
            parameter.required && self.0.get(&parameter.name).is_none_or(|(_, value)| value.is_null())
        };
        definition.parameters.0.iter().find(lacks).map(|parameter| parameter.name.clone())
    }

    /// Those that have a value, in their order.
    pub(super) fn asked(&self, definition: &Definition) -> Vec<Asked> {
        let asked = |parameter: &Parameter| {
            let (_, value) = self.0.get(&parameter.name).filter(|(_, value)| !value.is_null())?;
            let label = parameter.label.as_ref().unwrap_or(&parameter.name).clone();
            Some(Asked { label, value: value.clone() })
        };
        definition.parameters.0.iter().filter_map(asked).collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&(Kind, Value)> {
        self.0.get(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Kind, &Value)> {
        self.0.iter().map(|(name, (kind, value))| (name.as_str(), *kind, value))
    }
}

fn default(parameter: &Parameter, moments: &Moments) -> Result<Value, ReportsError> {
    let wrong = |problem| ReportsError::invalid(format!("the default of the parameter {} {problem}", parameter.name));
    read(parameter.kind, &parameter.default, moments).map_err(wrong)
}

/// A value of this type; moments may be in words.
pub(super) fn read(kind: Kind, json: &Json, moments: &Moments) -> Result<Value, &'static str> {
    match (kind, json) {
        (Kind::Timestamp, Json::String(text)) => {
            let time = moments.read(text);
            time.map(|time| Value::time(time.as_millisecond()))
                .ok_or("must be a moment: RFC 3339, a date, or words like today-7d")
        }
        _ => kind.read(json),
    }
}

/// The name in `{{name}}`.
pub(super) fn reference(json: &Json) -> Option<&str> {
    json.as_str()?.strip_prefix("{{")?.strip_suffix("}}").map(str::trim)
}

/// A name for a message, not too long.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}
