//! Topics, who subscribes to them, and what SES tells them.

use serde_json::Value as Json;

use super::intrinsics::Resolver;
use super::read::resolved_properties;
use super::{EventDestination, Subscription, Template, TemplateError, Topic, text};

pub(super) fn topic(
    resolver: &Resolver<'_>,
    logical_id: &str,
    resource: &Json,
    template: &mut Template,
) -> Result<(), TemplateError> {
    let properties = resolved_properties(resolver, resource)?;
    let arn = resolver.attribute(logical_id, "TopicArn")?;
    let inline = properties["Subscription"].as_array();
    template.subscriptions.extend(inline.into_iter().flatten().filter_map(|it| over_http(&arn, it)));
    template.topics.push(Topic { logical_id: logical_id.to_owned(), arn });
    Ok(())
}

pub(super) fn subscription(
    resolver: &Resolver<'_>,
    resource: &Json,
    template: &mut Template,
) -> Result<(), TemplateError> {
    let properties = resolved_properties(resolver, resource)?;
    let topic = required(&properties, "TopicArn")?;
    template.subscriptions.extend(over_http(&topic, &properties));
    Ok(())
}

pub(super) fn event_destination(
    resolver: &Resolver<'_>,
    resource: &Json,
    template: &mut Template,
) -> Result<(), TemplateError> {
    let properties = resolved_properties(resolver, resource)?;
    let destination = &properties["EventDestination"];
    // Firehose and CloudWatch can be destinations too; nothing of them runs here.
    if let Some(topic) = text(&destination["SnsDestination"]["TopicARN"])
        && destination["Enabled"] != false
        && destination["Enabled"] != "false"
    {
        let event_types = destination["MatchingEventTypes"].as_array();
        template.event_destinations.push(EventDestination {
            configuration_set: required(&properties, "ConfigurationSetName")?,
            event_types: event_types.into_iter().flatten().filter_map(text).collect(),
            topic,
        });
    }
    Ok(())
}

/// `None` for mail to an operator and whatever else is not posted to an address.
fn over_http(topic: &str, properties: &Json) -> Option<Subscription> {
    let protocol = text(&properties["Protocol"])?;
    let endpoint = text(&properties["Endpoint"])?;
    matches!(protocol.as_str(), "http" | "https").then(|| Subscription { topic: topic.to_owned(), protocol, endpoint })
}

fn required(properties: &Json, key: &'static str) -> Result<String, TemplateError> {
    text(&properties[key]).ok_or_else(|| TemplateError::Shape { at: key.to_owned(), expected: "text" })
}
