use std::collections::BTreeMap;
use std::slice;

use serde_json::{Map, Value as Json};

use super::{Secrets, TemplateError, text};

/// Evaluates the functions of CloudFormation against one document.
pub(super) struct Resolver<'a> {
    pub(super) document: &'a Json,
    pub(super) parameters: &'a BTreeMap<String, String>,
    pub(super) endpoint: &'a str,
    pub(super) secrets: &'a Secrets,
}

impl Resolver<'_> {
    /// The value with every function applied; `None` is `AWS::NoValue`.
    pub(super) fn resolve(&self, value: &Json) -> Result<Option<Json>, TemplateError> {
        match value {
            Json::Object(object) => match function_of(object) {
                Some((function, argument)) => self.apply(function, argument),
                None => self.object(object).map(Some),
            },
            Json::Array(items) => {
                let resolved: Result<Vec<_>, _> =
                    items.iter().filter_map(|item| self.resolve(item).transpose()).collect();
                Ok(Some(Json::Array(resolved?)))
            }
            Json::String(text) => self.with_secrets(text).map(|it| Some(Json::from(it))),
            plain => Ok(Some(plain.clone())),
        }
    }

    /// The value as the text that a variable or a name holds.
    pub(super) fn text(&self, value: &Json) -> Result<String, TemplateError> {
        let resolved = self.resolve(value)?.unwrap_or(Json::Null);
        text(&resolved).ok_or_else(|| TemplateError::Shape { at: value.to_string(), expected: "text" })
    }

    /// Whether a condition holds for this deployment.
    pub(super) fn holds(&self, condition: &str) -> Result<bool, TemplateError> {
        let definition = &self.document["Conditions"][condition];
        if definition.is_null() {
            return Err(TemplateError::Unknown(condition.to_owned()));
        }
        self.truth(definition)
    }

    fn object(&self, object: &Map<String, Json>) -> Result<Json, TemplateError> {
        let mut resolved = Map::new();
        for (key, value) in object {
            if let Some(value) = self.resolve(value)? {
                resolved.insert(key.clone(), value);
            }
        }
        Ok(Json::Object(resolved))
    }

    fn apply(&self, function: &str, argument: &Json) -> Result<Option<Json>, TemplateError> {
        let value = match (function, arguments(argument)) {
            ("Ref", [Json::String(name)]) if name == "AWS::NoValue" => return Ok(None),
            ("Ref", [Json::String(name)]) => Json::from(self.reference(name)?),
            ("Fn::GetAtt", [Json::String(resource), Json::String(attribute)]) => {
                Json::from(self.attribute(resource, attribute)?)
            }
            ("Fn::Sub", [Json::String(pattern)]) => Json::from(self.substitute(pattern, &Map::new())?),
            ("Fn::Sub", [Json::String(pattern), Json::Object(names)]) => Json::from(self.substitute(pattern, names)?),
            ("Fn::Join", [Json::String(separator), items]) => Json::from(self.texts(items)?.join(separator)),
            ("Fn::Split", [Json::String(separator), whole]) => self.text(whole)?.split(separator.as_str()).collect(),
            ("Fn::Select", [index, items]) => {
                let index = self.text(index)?.parse::<usize>().ok();
                let item = index.and_then(|index| self.texts(items).ok()?.into_iter().nth(index));
                Json::from(item.ok_or_else(|| misused(function, argument))?)
            }
            ("Fn::If", [Json::String(condition), then, otherwise]) => {
                let holds = self.holds(condition)?;
                return self.resolve(if holds { then } else { otherwise });
            }
            ("Fn::FindInMap", [map, first, second]) => {
                let map = &self.document["Mappings"][self.text(map)?.as_str()];
                let found = &map[self.text(first)?.as_str()][self.text(second)?.as_str()];
                return self.resolve(found);
            }
            _ => return Err(misused(function, argument)),
        };
        Ok(Some(value))
    }

    fn texts(&self, items: &Json) -> Result<Vec<String>, TemplateError> {
        let resolved = self.resolve(items)?;
        let texts = match &resolved {
            Some(Json::Array(items)) => items.iter().map(text).collect(),
            _ => None,
        };
        texts.ok_or_else(|| TemplateError::Shape { at: items.to_string(), expected: "a list of texts" })
    }

    fn truth(&self, condition: &Json) -> Result<bool, TemplateError> {
        let Some((function, argument)) = condition.as_object().and_then(function_of) else {
            return Err(misused("Condition", condition));
        };
        match (function, arguments(argument)) {
            ("Condition", [Json::String(name)]) => self.holds(name),
            ("Fn::Equals", [left, right]) => Ok(self.text(left)? == self.text(right)?),
            ("Fn::Not", [part]) => Ok(!self.truth(part)?),
            ("Fn::And", parts) => Ok(self.truths(parts)?.into_iter().all(|truth| truth)),
            ("Fn::Or", parts) => Ok(self.truths(parts)?.into_iter().any(|truth| truth)),
            _ => Err(misused(function, argument)),
        }
    }

    fn truths(&self, conditions: &[Json]) -> Result<Vec<bool>, TemplateError> {
        conditions.iter().map(|it| self.truth(it)).collect()
    }

    /// `${Name}`, `${Resource.Attribute}` and `${!literal}` in the pattern of a `Fn::Sub`.
    fn substitute(&self, pattern: &str, names: &Map<String, Json>) -> Result<String, TemplateError> {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            text.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                return Err(misused("Fn::Sub", &Json::from(pattern)));
            };
            text.push_str(&self.substitution(name.trim(), names)?);
            rest = behind;
        }
        text.push_str(rest);
        self.with_secrets(&text)
    }

    fn substitution(&self, name: &str, names: &Map<String, Json>) -> Result<String, TemplateError> {
        if let Some(literal) = name.strip_prefix('!') {
            return Ok(format!("${{{literal}}}"));
        }
        if let Some(value) = names.get(name) {
            return self.text(value);
        }
        match name.split_once('.') {
            Some((resource, attribute)) => self.attribute(resource, attribute),
            None => self.reference(name),
        }
    }
}

/// The name and the argument, if the object is a function call.
fn function_of(object: &Map<String, Json>) -> Option<(&str, &Json)> {
    let (name, argument) = object.iter().next()?;
    let is_function = name == "Ref" || name.starts_with("Fn::");
    // `Condition` is a function only as `{"Condition": "Name"}`; IAM statements hold an object.
    let is_condition = name == "Condition" && argument.is_string();
    (object.len() == 1 && (is_function || is_condition)).then_some((name.as_str(), argument))
}

fn arguments(argument: &Json) -> &[Json] {
    match argument {
        Json::Array(arguments) => arguments,
        single => slice::from_ref(single),
    }
}

pub(super) fn misused(function: &str, argument: &Json) -> TemplateError {
    TemplateError::Function { function: function.to_owned(), argument: argument.to_string() }
}
