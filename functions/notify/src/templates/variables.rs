//! A message's variables, as its template declares them.

use serde_json::Value;
use shared::Error;

use super::model::Variable;
use crate::NotifyError;
use crate::rendering::{Variables, bounded};

/// The declared variables with what is given, else their default, else null. What is given and not declared
/// is left out: another channel's variant may declare it.
pub(crate) fn fill(declared: &[Variable], given: &Variables) -> Result<Variables, NotifyError> {
    let value = |variable: &Variable| given.get(&variable.name).filter(|value| !value.is_null());
    let missing: Vec<String> = declared
        .iter()
        .filter(|variable| variable.required && variable.default.is_none() && value(variable).is_none())
        .map(|variable| variable.name.clone())
        .collect();
    if !missing.is_empty() {
        return Err(NotifyError::MissingTemplateVariables(missing));
    }
    let mut filled = Variables::new();
    for variable in declared {
        let value = value(variable).or(variable.default.as_ref()).unwrap_or(&Value::Null);
        if !value.is_null() && !variable.kind.takes(value) {
            let message = format!("must be {}", variable.kind.name());
            return Err(Error::field(format!("variables.{}", variable.name), message).into());
        }
        filled.insert(variable.name.clone(), value.clone());
    }
    if bounded(&filled, &()).is_err() {
        return Err(
            Error::field("variables", "must have at most 65536 bytes together with the template's defaults").into()
        );
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(given: &Value) -> Result<Value, String> {
        let declared: Vec<Variable> = serde_json::from_value(json!([
            {"name": "name", "type": "string", "required": true},
            {"name": "count", "type": "number", "required": true, "default": 1},
            {"name": "note", "type": "string", "required": false},
        ]))
        .unwrap();
        fill(&declared, given.as_object().unwrap()).map(Value::Object).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_stand_in_and_what_is_missing_is_named() {
        assert_eq!(filled(&json!({"name": "a", "x": 1})).unwrap(), json!({"name": "a", "count": 1, "note": null}));
        assert_eq!(filled(&json!({})).unwrap_err(), "Variables are missing: name.");
        assert_eq!(filled(&json!({"name": null})).unwrap_err(), "Variables are missing: name.");
        assert!(filled(&json!({"name": 1})).is_err());
    }
}
