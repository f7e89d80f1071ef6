//! Templates and their rules.

use std::collections::BTreeSet;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::auth::UserId;
use shared::http::AtMost;
use shared::http::rules::{language_tag, refuse_unless};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::NotifyError;
use crate::kinds::Channel;
use crate::rendering::{Compiled, Content, bounded};

/// Variables of one template.
const MOST_VARIABLES: usize = 50;

/// What a variable holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum VariableType {
    String,
    Number,
    Boolean,
    List,
    Object,
    /// Text that may stand in `{{{ }}}`, where it is not escaped.
    Html,
}

/// A variable of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Variable {
    /// Letters, digits and `_`.
    #[garde(custom(variable_name))]
    pub(crate) name: String,
    #[garde(skip)]
    #[serde(rename = "type")]
    pub(crate) kind: VariableType,
    /// Whether a message without it is refused.
    #[garde(skip)]
    pub(crate) required: bool,
    /// What stands for it where it is not given.
    #[garde(custom(fits(self.kind)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) default: Option<Value>,
}

/// A template, whole.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetTemplate {
    /// The same for all variants: 1 to 64 of `a-z`, `0-9`, `.`, `_` and `-`.
    #[garde(custom(template_name))]
    pub(super) name: String,
    #[garde(skip)]
    pub(super) channel: Channel,
    /// BCP 47, like `de-AT`.
    #[garde(length(max = 35), custom(language_tag))]
    pub(super) locale: String,
    /// Of a mail.
    #[garde(skip)]
    subject: Option<String>,
    /// Of a push or inbox message.
    #[garde(skip)]
    title: Option<String>,
    #[garde(skip)]
    text: Option<String>,
    #[garde(skip)]
    html: Option<String>,
    /// Every variable that the template names.
    #[garde(dive, custom(distinct))]
    #[serde(default)]
    #[schema(value_type = Vec<Variable>, max_items = 50)]
    variables: AtMost<Variable, MOST_VARIABLES>,
}

/// The newest version of a variant, without its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) channel: Channel,
    pub(crate) locale: String,
    /// Counts from 1.
    pub(crate) version: u32,
    pub(crate) variables: Vec<Variable>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) updated_at: Timestamp,
}

/// One version, which never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Version {
    pub(crate) content: Content,
    pub(crate) variables: Vec<Variable>,
    pub(crate) created_by: UserId,
    pub(crate) created_at: Timestamp,
}

/// A template in one of its versions.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Template {
    #[serde(flatten)]
    pub(super) head: Head,
    #[serde(flatten)]
    pub(super) content: Content,
}

impl SetTemplate {
    /// Its content and variables, if they make a template for its channel.
    pub(super) fn into_version(self, created_by: UserId, now: Timestamp) -> Result<Version, NotifyError> {
        let content = Content { subject: self.subject, title: self.title, text: self.text, html: self.html };
        if let Err(report) = content.validate() {
            let wrong = report.iter().next().map(|(path, error)| format!("{path}: {error}"));
            return Err(NotifyError::InvalidTemplate(wrong.unwrap_or_default()));
        }
        if let Some(part) = content.lacks(self.channel) {
            return Err(NotifyError::InvalidTemplate(format!("{part} is needed for {}", self.channel.name())));
        }
        let version = Version { content, variables: self.variables.0, created_by, created_at: now };
        let declared: BTreeSet<&str> = version.variables.iter().map(|variable| variable.name.as_str()).collect();
        let compiled = version.compile()?;
        match compiled.variables.iter().find(|name| !declared.contains(name.as_str())) {
            Some(name) => Err(NotifyError::InvalidTemplate(format!("`{name}` is not declared in variables"))),
            None => Ok(version),
        }
    }
}

impl Version {
    /// Ready to be rendered.
    pub(super) fn compile(&self) -> Result<Compiled, NotifyError> {
        let html = self.variables.iter().filter(|variable| variable.kind == VariableType::Html);
        Ok(Compiled::new(&self.content, &html.map(|variable| variable.name.clone()).collect())?)
    }
}

impl VariableType {
    /// Whether `value` is of this type.
    pub(super) fn takes(self, value: &Value) -> bool {
        match self {
            Self::String | Self::Html => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Html => "a string of HTML",
        }
    }
}

fn template_name<C>(name: &str, _: &C) -> garde::Result {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    refuse_unless(
        (1..=64).contains(&name.len()) && name.bytes().all(good),
        "must be 1 to 64 of a-z, 0-9, dots, underscores and dashes",
    )
}

fn variable_name<C>(name: &str, _: &C) -> garde::Result {
    let good = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    refuse_unless(
        good && (1..=64).contains(&name.len()) && name != "this" && !name.as_bytes()[0].is_ascii_digit(),
        "must be 1 to 64 letters, digits and underscores, and not begin with a digit",
    )
}

fn fits<C>(kind: VariableType) -> impl FnOnce(&Option<Value>, &C) -> garde::Result {
    move |default, _| {
        refuse_unless(default.as_ref().is_none_or(|value| kind.takes(value)), &format!("must be {}", kind.name()))
    }
}

fn distinct<C>(variables: &AtMost<Variable, MOST_VARIABLES>, context: &C) -> garde::Result {
    let defaults = variables.0.iter().filter_map(|variable| Some((variable.name.clone(), variable.default.clone()?)));
    bounded(&defaults.collect(), context)?;
    let names: BTreeSet<&str> = variables.0.iter().map(|variable| variable.name.as_str()).collect();
    refuse_unless(names.len() == variables.0.len(), "must declare each variable once")
}
