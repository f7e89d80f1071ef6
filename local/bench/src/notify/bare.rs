//! Loops that make the calls of notify without notify around them.

use std::collections::HashMap;
use std::time::Instant;

use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, Put, ReturnConsumedCapacity, TransactWriteItem, Update,
};
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use shared::ids;

use crate::queue::{WORKERS, delete, receive, sdk};
use crate::stage::{BoxError, Stage};

/// Messages of one batch at a time, as in `shared::jobs`.
const CONCURRENCY: usize = 8;
/// About what a delivery's item holds.
const TEXT: &str = "018f3c5a-0000-7000-8000-000000000000 018f3c5a-0000-7000-8000-000000000000 email transactional";
const MAIL: &[u8] = b"From: EventZR <no-reply@example.com>\r\nTo: a@example.com\r\nSubject: Hello\r\n\r\nHi\r\n";

type Item = HashMap<String, AttributeValue>;

/// The clients that notify has.
pub(super) struct Bare {
    store: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
    ses: aws_sdk_ses::Client,
    table: String,
    /// A queue that nobody else reads now.
    queue: String,
    clock: shared::clock::Clock,
}

impl Bare {
    pub(super) async fn new(stage: &Stage) -> Result<Self, BoxError> {
        let (sdk, env) = (sdk(stage).await?, stage.aws.function_env("NotifyFunction")?);
        Ok(Self {
            store: aws_sdk_dynamodb::Client::new(&sdk),
            sqs: aws_sdk_sqs::Client::new(&sdk),
            ses: aws_sdk_ses::Client::new(&sdk),
            table: env["TABLE"].clone(),
            queue: env["NOTIFY_LOW_QUEUE_URL"].clone(),
            clock: stage.clock.clone(),
        })
    }

    /// Messages accepted in a second: the quota's shards are read; quota, request, delivery, counter and outbox are
    /// written; the message is sent and its outbox entry deleted.
    pub(super) async fn accepts(&self, connections: usize, each: usize) -> Result<f64, BoxError> {
        let started = Instant::now();
        let loops = (0..connections).map(|_| async {
            for _ in 0..each {
                let id = self.id();
                let shards: Vec<String> = (0..9).map(|shard| format!("BARE#QUOTA#{shard}")).collect();
                self.read(&shards).await?;
                let shard = ids::jitter(7);
                let writes = vec![
                    self.count(&format!("BARE#QUOTA#{shard}"))?,
                    self.put(&format!("BARE#NOTIFICATION#{id}"))?,
                    self.put_open(&id)?,
                    self.count(&format!("BARE#METRICS#{shard}"))?,
                    self.put(&format!("BARE#OUTBOX#{id}"))?,
                ];
                self.write(writes).await?;
                self.send(std::slice::from_ref(&id)).await?;
                self.remove(&format!("BARE#OUTBOX#{id}")).await?;
            }
            Ok::<_, BoxError>(())
        });
        try_join_all(loops).await?;
        // Not to be drained with the others.
        self.sqs.purge_queue().queue_url(&self.queue).send().await?;
        Ok(rate(connections * each, started))
    }

    /// Puts messages into the queue and their items into the table.
    pub(super) async fn fill(&self, messages: usize) -> Result<(), BoxError> {
        let ids: Vec<String> = (0..messages).map(|_| self.id()).collect();
        for some in ids.chunks(10) {
            for id in some {
                self.write(vec![self.put(&format!("BARE#NOTIFICATION#{id}"))?, self.put_open(id)?]).await?;
            }
            self.send(some).await?;
        }
        Ok(())
    }

    /// Messages sent in a second: everything about each is read in two calls, it is claimed, sent, and settled with its
    /// counter and its receipt.
    pub(super) async fn drain(&self, messages: usize) -> Result<f64, BoxError> {
        let started = Instant::now();
        let workers = (0..WORKERS).map(|_| async {
            loop {
                let batch = receive(&self.sqs, &self.queue, 0).await?;
                if batch.is_empty() {
                    return Ok::<_, BoxError>(());
                }
                let work: Vec<_> =
                    batch.iter().map(|message| self.deliver(message.body().unwrap_or_default())).collect();
                stream::iter(work).buffer_unordered(CONCURRENCY).try_collect::<Vec<()>>().await?;
                delete(&self.sqs, &self.queue, &batch).await?;
            }
        });
        try_join_all(workers).await?;
        Ok(rate(messages, started))
    }

    async fn deliver(&self, id: &str) -> Result<(), BoxError> {
        self.read(&[format!("BARE#NOTIFICATION#{id}"), format!("BARE#DELIVERY#{id}")]).await?;
        self.read(&[format!("BARE#SUPPRESSION#1#{id}"), format!("BARE#SUPPRESSION#2#{id}")]).await?;
        let total = ReturnConsumedCapacity::Total;
        self.store
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(&format!("BARE#DELIVERY#{id}"))))
            .update_expression("SET delivery = :after")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":after", delivery())
            .return_consumed_capacity(total)
            .send()
            .await?;
        let message = RawMessage::builder().data(Blob::new(MAIL)).build()?;
        self.ses.send_raw_email().destinations("a@example.com").raw_message(message).send().await?;
        let settle = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(&format!("BARE#DELIVERY#{id}"))))
            .update_expression("SET delivery = :after REMOVE gsi3pk, gsi3sk")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":after", delivery())
            .build()?;
        let settle = TransactWriteItem::builder().update(settle).build();
        let counter = self.count(&format!("BARE#METRICS#{}", ids::jitter(7)))?;
        self.write(vec![settle, counter, self.put(&format!("BARE#RECEIPT#{id}"))?]).await
    }

    fn id(&self) -> String {
        ids::new(&self.clock).to_string()
    }

    async fn read(&self, pks: &[String]) -> Result<(), BoxError> {
        let keys = pks.iter().map(|pk| key(pk)).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build()?;
        let total = ReturnConsumedCapacity::Total;
        self.store.batch_get_item().request_items(&self.table, keys).return_consumed_capacity(total).send().await?;
        Ok(())
    }

    fn count(&self, pk: &str) -> Result<TransactWriteItem, BoxError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(pk)))
            .update_expression("ADD used :one")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .build()?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn put(&self, pk: &str) -> Result<TransactWriteItem, BoxError> {
        self.put_item(key(pk))
    }

    /// A delivery, in its indexes.
    fn put_open(&self, id: &str) -> Result<TransactWriteItem, BoxError> {
        let mut item = key(&format!("BARE#DELIVERY#{id}"));
        for (index, partition) in [("gsi1", "BARE#LIST#1"), ("gsi3", "OPEN#BARE")] {
            item.insert(format!("{index}pk"), AttributeValue::S(partition.to_owned()));
            item.insert(format!("{index}sk"), AttributeValue::S(id.to_owned()));
        }
        self.put_item(item)
    }

    fn put_item(&self, mut item: Item) -> Result<TransactWriteItem, BoxError> {
        item.insert("delivery".to_owned(), delivery());
        item.insert("ttl".to_owned(), AttributeValue::N(Timestamp::MAX.as_second().to_string()));
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    async fn write(&self, items: Vec<TransactWriteItem>) -> Result<(), BoxError> {
        let total = ReturnConsumedCapacity::Total;
        let call = self.store.transact_write_items().set_transact_items(Some(items)).return_consumed_capacity(total);
        call.send().await?;
        Ok(())
    }

    async fn remove(&self, pk: &str) -> Result<(), BoxError> {
        let total = ReturnConsumedCapacity::Total;
        let call = self.store.delete_item().table_name(&self.table).set_key(Some(key(pk)));
        call.return_consumed_capacity(total).send().await?;
        Ok(())
    }

    async fn send(&self, ids: &[String]) -> Result<(), BoxError> {
        let entry = |(index, id): (usize, &String)| {
            SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(id)
                .message_group_id("bare")
                .build()
        };
        let entries = ids.iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>()?;
        self.sqs.send_message_batch().queue_url(&self.queue).set_entries(Some(entries)).send().await?;
        Ok(())
    }
}

fn key(pk: &str) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(pk.to_owned())),
        ("sk".to_owned(), AttributeValue::S("BARE".to_owned())),
    ])
}

/// About as large as a delivery is.
fn delivery() -> AttributeValue {
    let field = |name: &str| (name.to_owned(), AttributeValue::S(TEXT.to_owned()));
    AttributeValue::M(["id", "recipient", "state", "history"].into_iter().map(field).collect())
}

fn rate(messages: usize, started: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    {
        messages as f64 / started.elapsed().as_secs_f64()
    }
}
