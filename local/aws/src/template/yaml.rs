use serde_json::{Map, Value as Json};
use serde_yaml_ng::Value as Yaml;

use super::TemplateError;

/// Reads CloudFormation YAML as JSON, with the short forms (`!Ref x`) written out (`{"Ref": x}`).
pub(super) fn parse(text: &str) -> Result<Json, TemplateError> {
    let document: Yaml = serde_yaml_ng::from_str(text)?;
    to_json(document)
}

fn to_json(value: Yaml) -> Result<Json, TemplateError> {
    Ok(match value {
        Yaml::Null => Json::Null,
        Yaml::Bool(value) => Json::Bool(value),
        Yaml::Number(value) => serde_json::to_value(value)?,
        Yaml::String(value) => Json::String(value),
        Yaml::Sequence(items) => Json::Array(items.into_iter().map(to_json).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                object.insert(key_text(key)?, to_json(value)?);
            }
            Json::Object(object)
        }
        Yaml::Tagged(tagged) => intrinsic(&tagged.tag.to_string(), to_json(tagged.value)?),
    })
}

fn key_text(key: Yaml) -> Result<String, TemplateError> {
    match key {
        Yaml::String(key) => Ok(key),
        Yaml::Number(key) => Ok(key.to_string()),
        Yaml::Bool(key) => Ok(key.to_string()),
        other => Err(TemplateError::Shape { at: format!("{other:?}"), expected: "a key of text" }),
    }
}

fn intrinsic(tag: &str, argument: Json) -> Json {
    let name = tag.trim_start_matches('!');
    let (name, argument) = match (name, argument) {
        ("Ref" | "Condition", argument) => (name.to_owned(), argument),
        ("GetAtt", Json::String(path)) => {
            let parts = path.splitn(2, '.').map(Json::from).collect();
            ("Fn::GetAtt".to_owned(), Json::Array(parts))
        }
        (_, argument) => (format!("Fn::{name}"), argument),
    };
    Json::Object(Map::from_iter([(name, argument)]))
}
