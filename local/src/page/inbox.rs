//! What members have in their inboxes, from notify's own table.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Deserialize;
use shared::config::{AwsConfig, Env};
use tokio::sync::Mutex;
use uuid::Uuid;

/// What was read counts for this many times as long as it took: the page asks every 2 s, however long the table is.
const REST: u32 = 10;

/// Reads every inbox. No service may: only a development page looks into all of them.
#[derive(Debug)]
pub(crate) struct Inbox {
    client: Client,
    table: String,
    last: Mutex<Option<Reading>>,
}

/// All messages at some time.
#[derive(Debug)]
struct Reading {
    ended: Instant,
    took: Duration,
    rows: Arc<[Row]>,
}

/// A message's item, as notify writes it.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    /// `TENANT#<id>#INBOX#<user>`
    pk: String,
    pub(super) message: Message,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) id: Uuid,
    pub(super) title: Option<String>,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) created_at: Timestamp,
}

impl Row {
    /// Whose it is.
    pub(super) fn user(&self) -> &str {
        self.pk.rsplit_once('#').map_or(&self.pk, |(_, user)| user)
    }
}

impl Inbox {
    /// With notify's environment.
    pub(crate) async fn connect(env: &Env) -> Self {
        let sdk = shared::store::sdk_config(&AwsConfig::from_env(env)).await;
        Self {
            client: Client::new(&sdk),
            table: env.get("TABLE").unwrap_or_default().to_owned(),
            last: Mutex::default(),
        }
    }

    /// Every message.
    pub(super) async fn rows(&self) -> Result<Arc<[Row]>, shared::Error> {
        let mut last = self.last.lock().await;
        if let Some(reading) = last.as_ref().filter(|last| last.ended.elapsed() < last.took * REST) {
            return Ok(Arc::clone(&reading.rows));
        }
        let began = Instant::now();
        let rows: Arc<[Row]> = self.read().await?.into();
        *last = Some(Reading { ended: Instant::now(), took: began.elapsed(), rows: Arc::clone(&rows) });
        Ok(rows)
    }

    async fn read(&self) -> Result<Vec<Row>, shared::Error> {
        let scan = self.client.scan().table_name(&self.table);
        let scan = scan.filter_expression("begins_with(sk, :message) AND contains(pk, :inbox)");
        let scan = scan.expression_attribute_values(":message", AttributeValue::S("MESSAGE#".to_owned()));
        let scan = scan.expression_attribute_values(":inbox", AttributeValue::S("#INBOX#".to_owned()));
        let mut pages = scan.into_paginator().send();
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await {
            let items = page.map_err(shared::Error::unavailable)?.items.unwrap_or_default();
            rows.extend(serde_dynamo::from_items::<_, Row>(items).map_err(shared::Error::internal)?);
        }
        Ok(rows)
    }
}
