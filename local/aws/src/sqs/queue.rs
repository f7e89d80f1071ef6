use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension};
use serde::Deserialize;
use serde_json::Value as Json;

use super::error::SqsError;

/// The largest message, and the largest batch, in bytes.
pub(super) const LARGEST: usize = 1024 * 1024;

/// Attributes that are kept and given back, but have nothing to do here.
const WITHOUT_EFFECT: [&str; 8] = [
    "DeduplicationScope",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
    "FifoQueue",
];

/// A queue and how it behaves. Times are milliseconds.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub(super) name: String,
    pub(super) delay: i64,
    pub(super) visibility_timeout: i64,
    pub(super) wait: i64,
    pub(super) retention: i64,
    pub(super) largest_message: usize,
    pub(super) fifo: bool,
    pub(super) deduplicates_content: bool,
    pub(super) redrive: Option<Redrive>,
    pub(super) created_at: i64,
    /// What was given when it was made.
    pub(super) attributes: BTreeMap<String, String>,
}

/// Where messages go that were received too often.
#[derive(Debug, Clone)]
pub(super) struct Redrive {
    pub(super) dead_letter_queue: String,
    pub(super) max_receive_count: i64,
}

impl Queue {
    /// Checks a name and attributes, as `CreateQueue` takes them.
    pub(super) fn new(name: &str, attributes: BTreeMap<String, String>, created_at: i64) -> Result<Self, SqsError> {
        let fifo = attributes.get("FifoQueue").is_some_and(|it| it == "true");
        check_name(name, fifo)?;
        let mut queue = Self {
            name: name.to_owned(),
            delay: 0,
            visibility_timeout: 30_000,
            wait: 0,
            retention: 345_600_000,
            largest_message: LARGEST,
            fifo,
            deduplicates_content: false,
            redrive: None,
            created_at,
            attributes: BTreeMap::new(),
        };
        for (key, value) in &attributes {
            queue.set(key, value)?;
        }
        queue.attributes = attributes;
        Ok(queue)
    }

    /// Whether the attribute is one that a queue may have, though this one may not.
    pub(super) fn can_set(attribute: &str) -> bool {
        let with_effect_if_set = ["ContentBasedDeduplication", "RedrivePolicy"];
        with_effect_if_set.contains(&attribute) || WITHOUT_EFFECT.contains(&attribute)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), SqsError> {
        match key {
            "DelaySeconds" => self.delay = 1000 * number(key, value, 0..=900)?,
            "VisibilityTimeout" => {
                self.visibility_timeout = 1000 * number(key, value, 0..=43_200)?;
            }
            "ReceiveMessageWaitTimeSeconds" => self.wait = 1000 * number(key, value, 0..=20)?,
            "MessageRetentionPeriod" => {
                self.retention = 1000 * number(key, value, 60..=1_209_600)?;
            }
            "MaximumMessageSize" => {
                let bytes = number(key, value, 1024..=1_048_576)?;
                self.largest_message = usize::try_from(bytes).unwrap_or(LARGEST);
            }
            "ContentBasedDeduplication" => self.deduplicates_content = value == "true",
            "RedrivePolicy" => self.redrive = Some(redrive(value)?),
            key if WITHOUT_EFFECT.contains(&key) => {}
            key => return Err(SqsError::InvalidAttributeName(key.to_owned())),
        }
        Ok(())
    }

    /// Reads the queue that a `QueueUrl` means: what stands behind the last slash.
    pub(super) fn load(connection: &Connection, url: &str) -> Result<Self, SqsError> {
        let name = url.rsplit('/').next().unwrap_or_default();
        Self::find(connection, name)?.ok_or(SqsError::QueueDoesNotExist)
    }

    pub(super) fn find(connection: &Connection, name: &str) -> Result<Option<Self>, SqsError> {
        let row: Option<(String, i64)> = connection
            .prepare_cached("SELECT attributes, created_at FROM queues WHERE name = ?1")?
            .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match row {
            Some((attributes, created_at)) => Self::new(name, serde_json::from_str(&attributes)?, created_at).map(Some),
            None => Ok(None),
        }
    }

    /// Makes the queue, or gives the one of its name these attributes.
    pub(super) fn save(&self, connection: &Connection) -> Result<(), SqsError> {
        connection.execute(
            "INSERT INTO queues (name, attributes, created_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET attributes = excluded.attributes",
            (&self.name, serde_json::to_string(&self.attributes)?, self.created_at),
        )?;
        Ok(())
    }
}

fn check_name(name: &str, fifo: bool) -> Result<(), SqsError> {
    let stem = name.strip_suffix(".fifo");
    let letters = stem.unwrap_or(name).bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if letters && stem.is_some() == fifo && (1..=80).contains(&name.len()) {
        return Ok(());
    }
    Err(SqsError::InvalidParameterValue(format!(
        "The queue name {name} can only include alphanumeric characters, hyphens, or underscores, \
         1 to 80 in length, and ends in .fifo if and only if the queue is FIFO"
    )))
}

/// A number of seconds or bytes within what SQS allows.
pub(super) fn number(key: &str, value: &str, range: RangeInclusive<i64>) -> Result<i64, SqsError> {
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(SqsError::InvalidAttributeValue(key.to_owned())),
    }
}

fn redrive(policy: &str) -> Result<Redrive, SqsError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Policy {
        dead_letter_target_arn: String,
        // A number, or one as text: both are in use.
        max_receive_count: Json,
    }

    let invalid = || SqsError::InvalidAttributeValue("RedrivePolicy".to_owned());
    let policy: Policy = serde_json::from_str(policy).map_err(|_| invalid())?;
    let count = policy.max_receive_count;
    let count = count.as_i64().or_else(|| count.as_str()?.parse().ok());
    let name = policy.dead_letter_target_arn.rsplit(':').next();
    match (name, count) {
        (Some(name), Some(count @ 1..=1000)) => {
            Ok(Redrive { dead_letter_queue: name.to_owned(), max_receive_count: count })
        }
        _ => Err(invalid()),
    }
}
