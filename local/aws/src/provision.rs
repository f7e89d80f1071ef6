//! Makes what the template declares and what is not there yet. Never takes anything away.

use std::path::Path;

use dynoxide::Database;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::Error;
use crate::edge::Edge;
use crate::template::{Table, Template};

pub(crate) fn provision(template: &Template, edge: &Edge, buckets: &Path) -> Result<(), Error> {
    for table in &template.tables {
        provision_table(edge.dynamodb.database(), table)?;
    }
    edge.sqs.provision(&template.queues)?;
    edge.sns.provision()?;
    for bucket in &template.buckets {
        let directory = buckets.join(&bucket.name);
        std::fs::create_dir_all(&directory).map_err(Error::io(format!("making {}", directory.display())))?;
    }
    Ok(())
}

fn provision_table(database: &Database, table: &Table) -> Result<(), Error> {
    let existing = database.get_table_metadata(&table.name).map_err(dynamodb_error)?;
    if existing.is_some() {
        add_indexes(database, table)?;
    } else {
        let request = request(table.definition.clone())?;
        database.create_table(request).map_err(dynamodb_error)?;
    }
    set_ttl(database, table)
}

/// Adds the indexes that the template has gained since the table was made.
fn add_indexes(database: &Database, table: &Table) -> Result<(), Error> {
    let describe = request(json!({"TableName": table.name}))?;
    let described = json_of(&database.describe_table(describe).map_err(dynamodb_error)?)?;
    let has = |name: &Json| {
        let indexes = described["Table"]["GlobalSecondaryIndexes"].as_array();
        indexes.is_some_and(|it| it.iter().any(|index| index["IndexName"] == *name))
    };
    let declared = table.definition["GlobalSecondaryIndexes"].as_array();
    for index in declared.into_iter().flatten() {
        if has(&index["IndexName"]) {
            continue;
        }
        let update = request(json!({
            "TableName": table.name,
            "AttributeDefinitions": table.definition["AttributeDefinitions"],
            "GlobalSecondaryIndexUpdates": [{"Create": index}],
        }))?;
        database.update_table(update).map_err(dynamodb_error)?;
    }
    Ok(())
}

fn set_ttl(database: &Database, table: &Table) -> Result<(), Error> {
    let Some(attribute) = &table.ttl_attribute else {
        return Ok(());
    };
    let describe = request(json!({"TableName": table.name}))?;
    let described = database.describe_time_to_live(describe).map_err(dynamodb_error)?;
    // Enabling what is enabled already is an error.
    if json_of(&described)?["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED" {
        return Ok(());
    }
    let update = request(json!({
        "TableName": table.name,
        "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
    }))?;
    database.update_time_to_live(update).map_err(dynamodb_error)?;
    Ok(())
}

fn request<T: DeserializeOwned>(json: Json) -> Result<T, Error> {
    serde_json::from_value(json).map_err(|error| Error::DynamoDb(error.to_string()))
}

fn json_of(response: &impl Serialize) -> Result<Json, Error> {
    serde_json::to_value(response).map_err(|error| Error::DynamoDb(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn dynamodb_error(error: dynoxide::DynoxideError) -> Error {
    Error::DynamoDb(error.to_string())
}
