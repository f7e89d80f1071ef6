//! What names stand for: parameters, pseudo parameters, resources and their attributes.

use serde_json::Value as Json;

use super::intrinsics::Resolver;
use super::{TemplateError, text};

/// The account of every local ARN and queue address.
pub(crate) const ACCOUNT: &str = "000000000000";
/// The region of every local ARN.
pub(crate) const REGION: &str = "us-east-1";
const STACK: &str = "eventzr-local";

impl Resolver<'_> {
    /// What `Ref` gives.
    pub(super) fn reference(&self, name: &str) -> Result<String, TemplateError> {
        let parameter = &self.document["Parameters"][name];
        if !parameter.is_null() {
            let given = self.parameters.get(name).cloned();
            return given
                .or_else(|| text(&parameter["Default"]))
                .ok_or_else(|| TemplateError::Parameter(name.to_owned()));
        }
        match name {
            "AWS::Region" => Ok(REGION.to_owned()),
            "AWS::AccountId" => Ok(ACCOUNT.to_owned()),
            "AWS::Partition" => Ok("aws".to_owned()),
            "AWS::StackName" => Ok(STACK.to_owned()),
            "AWS::URLSuffix" => Ok("amazonaws.com".to_owned()),
            resource => match self.resource_type(resource)? {
                "AWS::SQS::Queue" => self.attribute(resource, "QueueUrl"),
                "AWS::SecretsManager::Secret" => self.attribute(resource, "Arn"),
                "AWS::SNS::Topic" => self.attribute(resource, "TopicArn"),
                _ => self.physical_name(resource),
            },
        }
    }

    /// What `Fn::GetAtt` gives.
    pub(super) fn attribute(&self, logical_id: &str, attribute: &str) -> Result<String, TemplateError> {
        let kind = self.resource_type(logical_id)?;
        let name = self.physical_name(logical_id)?;
        let arn = |service: &str, resource: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}{name}");
        Ok(match (kind, attribute) {
            ("AWS::SQS::Queue", "QueueName") | ("AWS::SNS::Topic", "TopicName") => name,
            ("AWS::SQS::Queue", "QueueUrl") => format!("{}/{ACCOUNT}/{name}", self.endpoint),
            ("AWS::SQS::Queue", "Arn") => arn("sqs", ""),
            ("AWS::SNS::Topic", "TopicArn") => arn("sns", ""),
            ("AWS::S3::Bucket", "Arn") => format!("arn:aws:s3:::{name}"),
            ("AWS::DynamoDB::Table", "Arn") => arn("dynamodb", "table/"),
            ("AWS::SecretsManager::Secret", _) => arn("secretsmanager", "secret:"),
            ("AWS::Serverless::Function", "Arn") => arn("lambda", "function:"),
            // Load balancers, clusters, roles: nothing of them runs here, but what names them
            // has to resolve.
            (_, attribute) => format!("{name}.{attribute}"),
        })
    }

    /// The name a resource is given, or the one CloudFormation would make up.
    pub(super) fn physical_name(&self, logical_id: &str) -> Result<String, TemplateError> {
        let properties = &self.document["Resources"][logical_id]["Properties"];
        let property = match self.resource_type(logical_id)? {
            "AWS::DynamoDB::Table" => "TableName",
            "AWS::SQS::Queue" => "QueueName",
            "AWS::SNS::Topic" => "TopicName",
            "AWS::S3::Bucket" => "BucketName",
            "AWS::Serverless::Function" => "FunctionName",
            _ => "Name",
        };
        let given: &Json = &properties[property];
        if !given.is_null() {
            return self.text(given);
        }
        let generated = format!("{STACK}-{logical_id}");
        Ok(match property {
            "BucketName" => generated.to_lowercase(),
            "QueueName" if properties["FifoQueue"] == true => format!("{generated}.fifo"),
            _ => generated,
        })
    }

    fn resource_type(&self, logical_id: &str) -> Result<&str, TemplateError> {
        self.document["Resources"][logical_id]["Type"]
            .as_str()
            .ok_or_else(|| TemplateError::Unknown(logical_id.to_owned()))
    }
}
