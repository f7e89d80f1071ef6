use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

/// What template.yaml makes exist, names and environments resolved.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// DynamoDB tables.
    pub tables: Vec<Table>,
    /// SQS queues.
    pub queues: Vec<Queue>,
    /// S3 buckets.
    pub buckets: Vec<Bucket>,
    /// SNS topics.
    pub topics: Vec<Topic>,
    /// Who is told of what a topic gets, over HTTP.
    pub subscriptions: Vec<Subscription>,
    /// SES's configuration sets.
    pub configuration_sets: Vec<ConfigurationSet>,
    /// Where SES tells what became of mail.
    pub event_destinations: Vec<EventDestination>,
    /// Lambda functions.
    pub functions: Vec<Function>,
    /// Containers of ECS task definitions, also of those whose condition does not hold: what is
    /// deployed only with an image runs locally without one.
    pub containers: Vec<Container>,
}

/// A DynamoDB table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// The name services use.
    pub name: String,
    /// The `CreateTable` request: keys, attributes, indexes.
    pub definition: Json,
    /// The attribute that says when an item expires, in seconds since the epoch.
    pub ttl_attribute: Option<String>,
}

/// An SQS queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// The name, ending in `.fifo` for a FIFO queue.
    pub name: String,
    /// What `CreateQueue` takes.
    pub attributes: BTreeMap<String, String>,
}

/// An S3 bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// The name services use.
    pub name: String,
}

/// An SNS topic.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// What publishers and subscribers name it by.
    pub arn: String,
}

/// An HTTP or HTTPS subscription of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The topic's ARN.
    pub topic: String,
    /// `http` or `https`.
    pub protocol: String,
    /// The address that is posted to.
    pub endpoint: String,
}

/// A configuration set of SES.
#[derive(Debug, Clone)]
pub struct ConfigurationSet {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// The name that mail is sent with.
    pub name: String,
}

/// A topic that hears what becomes of mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDestination {
    /// The name of the configuration set that the mail is sent with.
    pub configuration_set: String,
    /// The kinds of events it is for: `send`, `delivery`, `bounce`, `complaint`, …
    pub event_types: Vec<String>,
    /// The topic's ARN.
    pub topic: String,
}

/// A Lambda function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// The cargo binary it runs.
    pub binary: String,
    /// `Environment.Variables`, with those of `Globals`.
    pub environment: BTreeMap<String, String>,
    /// What of the HTTP API it answers.
    pub routes: Vec<Route>,
    /// Its timers.
    pub schedules: Vec<Schedule>,
    /// The queues that invoke it.
    pub queue_sources: Vec<QueueSource>,
}

/// A route of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// An HTTP method, or `ANY`.
    pub method: String,
    /// A pattern such as `/auth/v1/{proxy+}`; `$default` is what no other route matches.
    pub path: String,
}

/// A timer.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Its key under the function's `Events`.
    pub name: String,
    /// `rate(…)` or `cron(…)`.
    pub expression: String,
    /// The event that the function gets.
    pub input: Json,
}

impl Schedule {
    /// How often a `rate(…)` fires; `None` for a `cron(…)`.
    #[must_use]
    pub fn period(&self) -> Option<Duration> {
        let rate = self.expression.strip_prefix("rate(")?.strip_suffix(')')?;
        let (count, unit) = rate.trim().split_once(' ')?;
        let count: u64 = count.parse().ok()?;
        let seconds = match unit.trim() {
            "minute" | "minutes" => 60,
            "hour" | "hours" => 60 * 60,
            "day" | "days" => 24 * 60 * 60,
            _ => return None,
        };
        Some(Duration::from_secs(count.checked_mul(seconds)?))
    }
}

/// A queue that invokes a function.
#[derive(Debug, Clone)]
pub struct QueueSource {
    /// The queue's name.
    pub queue: String,
    /// Messages an invocation gets at most.
    pub batch_size: u32,
    /// Whether the function's answer names the messages that failed; else all of them do.
    pub partial_failures: bool,
}

/// A container of an ECS task definition.
#[derive(Debug, Clone)]
pub struct Container {
    /// The task definition's key under `Resources`.
    pub task_definition: String,
    /// The container's own name.
    pub name: String,
    /// `Environment` and `Secrets`.
    pub environment: BTreeMap<String, String>,
}
