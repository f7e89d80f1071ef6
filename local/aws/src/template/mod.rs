//! template.yaml, read as what it makes exist: tables, queues, buckets, topics, functions, the container.

mod intrinsics;
mod names;
mod notifications;
mod read;
mod references;
mod resources;
mod secrets;
mod yaml;

use std::collections::BTreeMap;

use serde_json::Value as Json;

pub(crate) use names::{ACCOUNT, REGION};
pub use resources::{
    Bucket, ConfigurationSet, Container, EventDestination, Function, Queue, QueueSource, Route, Schedule, Subscription,
    Table, Template, Topic,
};
pub use secrets::Secrets;

use intrinsics::Resolver;

/// The platform's own description, as it is deployed.
pub(crate) const PLATFORM: &str = include_str!("../../../../template.yaml");

/// Why a template cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Not YAML.
    #[error("not YAML: {0}")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A JSON text inside it (a secret's template, a timer's input) is none.
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The file of generated secrets cannot be read or written.
    #[error("secrets: {0}")]
    Secrets(#[from] std::io::Error),
    /// The machine gives no random bytes.
    #[error("random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// A parameter has neither a value nor a default.
    #[error("parameter {0} has no value")]
    Parameter(String),
    /// A name stands for nothing in the template.
    #[error("{0} is not declared")]
    Unknown(String),
    /// A function of CloudFormation that is not known here, or with arguments it does not take.
    #[error("cannot apply {function} to {argument}")]
    Function {
        /// `Fn::Join`, for one.
        function: String,
        /// What it was given.
        argument: String,
    },
    /// A value has another form than its place needs.
    #[error("{at}: expected {expected}")]
    Shape {
        /// Where, or what stands there.
        at: String,
        /// What should.
        expected: &'static str,
    },
}

/// Where a template is deployed to: what its functions resolve against.
#[derive(Debug)]
pub struct Deployment<'a> {
    /// Values of parameters; the others have their defaults.
    pub parameters: &'a BTreeMap<String, String>,
    /// The embedded AWS, for the addresses of queues. No trailing slash.
    pub endpoint: &'a str,
    /// Where generated secrets are kept.
    pub secrets: &'a Secrets,
}

impl Template {
    /// Reads a SAM template for one deployment.
    pub fn parse(text: &str, deployment: &Deployment<'_>) -> Result<Self, TemplateError> {
        let document = yaml::parse(text)?;
        let resolver = Resolver {
            document: &document,
            parameters: deployment.parameters,
            endpoint: deployment.endpoint,
            secrets: deployment.secrets,
        };
        read::read(&resolver)
    }
}

/// A scalar as CloudFormation hands it on: everything is text in the end.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(value) => Some(value.clone()),
        Json::Number(value) => Some(value.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
