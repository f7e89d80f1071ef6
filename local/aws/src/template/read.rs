use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::intrinsics::Resolver;
use super::{
    Bucket, ConfigurationSet, Container, Function, Queue, QueueSource, Route, Schedule, Table, Template, TemplateError,
    notifications, text,
};

/// Reads every resource that exists under the deployment's conditions.
pub(super) fn read(resolver: &Resolver<'_>) -> Result<Template, TemplateError> {
    let mut template = Template::default();
    let resources = resolver.document["Resources"].as_object();
    for (logical_id, resource) in resources.into_iter().flatten() {
        let kind = resource["Type"].as_str().unwrap_or_default();
        if kind == "AWS::ECS::TaskDefinition" {
            containers(resolver, logical_id, resource, &mut template.containers)?;
            continue;
        }
        if let Some(condition) = resource["Condition"].as_str()
            && !resolver.holds(condition)?
        {
            continue;
        }
        match kind {
            "AWS::DynamoDB::Table" => template.tables.push(table(resolver, logical_id, resource)?),
            "AWS::SQS::Queue" => template.queues.push(queue(resolver, logical_id, resource)?),
            "AWS::S3::Bucket" => template
                .buckets
                .push(Bucket { logical_id: logical_id.clone(), name: resolver.physical_name(logical_id)? }),
            "AWS::SNS::Topic" => notifications::topic(resolver, logical_id, resource, &mut template)?,
            "AWS::SNS::Subscription" => notifications::subscription(resolver, resource, &mut template)?,
            "AWS::SES::ConfigurationSet" => template
                .configuration_sets
                .push(ConfigurationSet { logical_id: logical_id.clone(), name: resolver.physical_name(logical_id)? }),
            "AWS::SES::ConfigurationSetEventDestination" => {
                notifications::event_destination(resolver, resource, &mut template)?;
            }
            "AWS::Serverless::Function" => {
                template.functions.push(function(resolver, logical_id, resource)?);
            }
            _ => {}
        }
    }
    Ok(template)
}

fn table(resolver: &Resolver<'_>, logical_id: &str, resource: &Json) -> Result<Table, TemplateError> {
    // CloudFormation and CreateTable call these the same; the rest is not CreateTable's.
    const TAKEN: [&str; 6] = [
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "BillingMode",
        "ProvisionedThroughput",
    ];
    let properties = resolved_properties(resolver, resource)?;
    let name = resolver.physical_name(logical_id)?;
    let mut definition = Map::from_iter([("TableName".to_owned(), Json::from(name.as_str()))]);
    for key in TAKEN {
        if let Some(value) = properties.get(key) {
            definition.insert(key.to_owned(), value.clone());
        }
    }
    let ttl = &properties["TimeToLiveSpecification"];
    Ok(Table {
        logical_id: logical_id.to_owned(),
        name,
        definition: Json::Object(definition),
        ttl_attribute: (ttl["Enabled"] != false).then(|| text(&ttl["AttributeName"])).flatten(),
    })
}

fn queue(resolver: &Resolver<'_>, logical_id: &str, resource: &Json) -> Result<Queue, TemplateError> {
    let properties = resolved_properties(resolver, resource)?;
    let mut attributes = BTreeMap::new();
    for (key, value) in properties.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("QueueName" | "Tags", _) => {}
            // RedrivePolicy is an object here and JSON text in CreateQueue.
            (_, Json::Object(_)) => drop(attributes.insert(key.clone(), value.to_string())),
            _ => drop(text(value).map(|value| attributes.insert(key.clone(), value))),
        }
    }
    Ok(Queue { logical_id: logical_id.to_owned(), name: resolver.physical_name(logical_id)?, attributes })
}

fn function(resolver: &Resolver<'_>, logical_id: &str, resource: &Json) -> Result<Function, TemplateError> {
    let globals = &resolver.document["Globals"]["Function"]["Environment"]["Variables"];
    let properties = &resource["Properties"];
    let mut environment = BTreeMap::new();
    for variables in [globals, &properties["Environment"]["Variables"]] {
        for (name, value) in variables.as_object().into_iter().flatten() {
            environment.insert(name.clone(), resolver.text(value)?);
        }
    }
    let binary = &resource["Metadata"]["BuildProperties"]["Binary"];
    let mut function = Function {
        logical_id: logical_id.to_owned(),
        binary: match text(binary).or_else(|| text(&properties["Handler"])) {
            Some(binary) => binary,
            None => logical_id.to_owned(),
        },
        environment,
        routes: Vec::new(),
        schedules: Vec::new(),
        queue_sources: Vec::new(),
    };
    for (name, event) in properties["Events"].as_object().into_iter().flatten() {
        add_event(resolver, &mut function, name, event)?;
    }
    Ok(function)
}

fn add_event(resolver: &Resolver<'_>, function: &mut Function, name: &str, event: &Json) -> Result<(), TemplateError> {
    let properties = resolved_properties(resolver, event)?;
    match event["Type"].as_str().unwrap_or_default() {
        "HttpApi" => function.routes.push(Route {
            method: text(&properties["Method"]).map_or("ANY".to_owned(), |it| it.to_uppercase()),
            path: text(&properties["Path"]).unwrap_or_else(|| "$default".to_owned()),
        }),
        "Schedule" => function.schedules.push(Schedule {
            name: name.to_owned(),
            expression: text(&properties["Schedule"]).unwrap_or_default(),
            input: match properties["Input"].as_str() {
                Some(input) => serde_json::from_str(input)?,
                None => Json::Null,
            },
        }),
        "SQS" => {
            let arn = text(&properties["Queue"]).unwrap_or_default();
            let batch_size = properties["BatchSize"].as_u64().unwrap_or(10);
            let response_types = properties["FunctionResponseTypes"].as_array();
            function.queue_sources.push(QueueSource {
                queue: arn.rsplit(':').next().unwrap_or_default().to_owned(),
                batch_size: u32::try_from(batch_size).unwrap_or(u32::MAX),
                partial_failures: response_types.is_some_and(|it| it.iter().any(|it| it == "ReportBatchItemFailures")),
            });
        }
        _ => {}
    }
    Ok(())
}

fn containers(
    resolver: &Resolver<'_>,
    logical_id: &str,
    resource: &Json,
    containers: &mut Vec<Container>,
) -> Result<(), TemplateError> {
    let definitions = resource["Properties"]["ContainerDefinitions"].as_array();
    for definition in definitions.into_iter().flatten() {
        let mut environment = BTreeMap::new();
        for variable in definition["Environment"].as_array().into_iter().flatten() {
            let name = resolver.text(&variable["Name"])?;
            environment.insert(name, resolver.text(&variable["Value"])?);
        }
        for variable in definition["Secrets"].as_array().into_iter().flatten() {
            // Some are there on a condition only.
            let Some(variable) = resolver.resolve(variable)? else { continue };
            let reference = resolver.text(&variable["ValueFrom"])?;
            let name = resolver.text(&variable["Name"])?;
            environment.insert(name, resolver.secret(&reference)?);
        }
        containers.push(Container {
            task_definition: logical_id.to_owned(),
            name: resolver.text(&definition["Name"])?,
            environment,
        });
    }
    Ok(())
}

pub(super) fn resolved_properties(resolver: &Resolver<'_>, owner: &Json) -> Result<Json, TemplateError> {
    let properties = resolver.resolve(&owner["Properties"])?;
    Ok(properties.unwrap_or(Json::Null))
}
