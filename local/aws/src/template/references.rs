//! Dynamic references: text that names a secret instead of holding it.

use serde_json::Value as Json;

use super::intrinsics::{Resolver, misused};
use super::{TemplateError, text};

const OPENING: &str = "{{resolve:secretsmanager:";
const CLOSING: &str = "}}";

impl Resolver<'_> {
    /// Replaces every `{{resolve:secretsmanager:<secret>:SecretString:<key>}}`.
    pub(super) fn with_secrets(&self, text: &str) -> Result<String, TemplateError> {
        let Some((before, after)) = text.split_once(OPENING) else {
            return Ok(text.to_owned());
        };
        let Some((reference, behind)) = after.split_once(CLOSING) else {
            return Err(misused("dynamic reference", &Json::from(text)));
        };
        let value = self.secret(reference)?;
        Ok(format!("{before}{value}{}", self.with_secrets(behind)?))
    }

    /// The text behind `<secret>[:SecretString[:<key>]]`, or behind the `ValueFrom` of ECS
    /// (`<arn>[:<key>::]`). A secret is named by its ARN, which has colons itself, or its name.
    pub(super) fn secret(&self, reference: &str) -> Result<String, TemplateError> {
        let resources = self.document["Resources"].as_object();
        for (logical_id, resource) in resources.into_iter().flatten() {
            if resource["Type"] != "AWS::SecretsManager::Secret" {
                continue;
            }
            let arn = self.attribute(logical_id, "Arn")?;
            let name = self.physical_name(logical_id)?;
            let Some(rest) = behind(reference, &arn).or_else(|| behind(reference, &name)) else {
                continue;
            };
            let properties = self.resolve(&resource["Properties"])?.unwrap_or(Json::Null);
            let value = self.secrets.value(logical_id, &properties)?;
            let rest = rest.strip_prefix("SecretString").unwrap_or(rest);
            return match rest.split(':').find(|part| !part.is_empty()) {
                None => Ok(value),
                Some(key) => {
                    let fields: Json = serde_json::from_str(&value)?;
                    text(&fields[key]).ok_or_else(|| TemplateError::Unknown(key.to_owned()))
                }
            };
        }
        Err(TemplateError::Unknown(reference.to_owned()))
    }
}

/// What follows the secret's identifier in a reference, if it is this secret's.
fn behind<'r>(reference: &'r str, identifier: &str) -> Option<&'r str> {
    let rest = reference.strip_prefix(identifier)?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix(':')
}
