//! The same rows, paged through by the SDK and written by the same crates, without anything around them.

use std::collections::BTreeMap;
use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use rust_xlsxwriter::Workbook;
use serde_json::Value;

use super::process::variables;
use crate::queue::sdk;
use crate::stage::{BoxError, Stage, TENANT};

/// Columns of the file, after the moment.
const COLUMNS: [&str; 7] = ["ticket", "price", "count", "city", "refunded", "channel", "note"];
const SHARDS: usize = 8;

pub(super) struct Bare {
    dynamodb: Client,
    table: String,
}

impl Bare {
    pub(super) async fn new(stage: &Stage) -> Result<Self, BoxError> {
        Ok(Self { dynamodb: Client::new(&sdk(stage).await?), table: variables(stage)?["TABLE"].clone() })
    }

    /// Seconds for a csv file.
    pub(super) async fn csv(&self) -> Result<f64, BoxError> {
        let started = Instant::now();
        let mut writer = csv::Writer::from_writer(tempfile::tempfile()?);
        self.each(|at, cells| {
            let cell = |name: &&str| match cells.get(*name) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            };
            let row: Vec<String> = std::iter::once(at.to_owned()).chain(COLUMNS.iter().map(cell)).collect();
            Ok(writer.write_record(row)?)
        })
        .await?;
        writer.flush()?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// Seconds for a workbook.
    pub(super) async fn workbook(&self) -> Result<f64, BoxError> {
        let started = Instant::now();
        let mut workbook = Workbook::new();
        let (sheet, mut number) = (workbook.add_worksheet_with_constant_memory()?, 0);
        self.each(|at, cells| {
            sheet.write_string(number, 0, at)?;
            for (column, name) in (1_u16..).zip(COLUMNS) {
                match cells.get(name) {
                    Some(Value::String(text)) => sheet.write_string(number, column, text)?,
                    Some(Value::Bool(is)) => sheet.write_boolean(number, column, *is)?,
                    Some(other) => sheet.write_number(number, column, other.as_f64().unwrap_or_default())?,
                    None => sheet,
                };
            }
            number += 1;
            Ok(())
        })
        .await?;
        workbook.save_to_writer(tempfile::tempfile()?)?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// Each row, with its moment and its cells.
    async fn each(
        &self,
        mut row: impl FnMut(&str, &BTreeMap<String, Value>) -> Result<(), BoxError>,
    ) -> Result<(), BoxError> {
        let days = self.keys(&format!("TENANT#{TENANT}#DAYS")).await?;
        for day in days {
            for shard in 0..SHARDS {
                let partition = format!("TENANT#{TENANT}#ROWS#{day}#{shard}");
                let query = self.dynamodb.query().table_name(&self.table).key_condition_expression("pk = :pk");
                let query =
                    query.expression_attribute_values(":pk", AttributeValue::S(partition)).consistent_read(true);
                let mut pages = query.into_paginator().send();
                while let Some(page) = pages.next().await {
                    for item in page?.items() {
                        let at = item.get("at").and_then(|at| at.as_n().ok()).map_or("", String::as_str);
                        let cells = item.get("cells").and_then(|cells| cells.as_s().ok()).ok_or("no cells")?;
                        row(at, &serde_json::from_str(cells)?)?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn keys(&self, partition: &str) -> Result<Vec<String>, BoxError> {
        let query = self.dynamodb.query().table_name(&self.table).key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()));
        let items = query.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await?;
        Ok(items.iter().filter_map(|item| item.get("sk")?.as_s().ok().cloned()).collect())
    }
}
