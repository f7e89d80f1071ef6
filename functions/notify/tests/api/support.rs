//! A running notify, callers with tokens, and requests of theirs.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::MessageSystemAttributeName;
use axum::Router;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use local_aws::LocalAws;
use notify::Notify;
use serde_json::Value;
use shared::auth::{PublicKey, Role, TenantId};
use shared::clock::Clock;
use shared::config::{AwsConfig, Env};
use shared::jobs::{ErasureReceipt, Facts, Job, QueueName, UserChanged, handle};
use shared::service::NOTIFY;
use shared::store::{SdkConfig, Store, sdk_config};
pub use testing::{Answer, Call, T1, T2, User, refusal};

/// notify, its time, and the AWS below it.
pub struct App {
    pub aws: LocalAws,
    sqs: aws_sdk_sqs::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    sdk: SdkConfig,
    notify: Notify,
    clock: Clock,
    router: Router,
}

impl App {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// What it has told auth since the last call.
    pub async fn told(&self) -> Vec<Job> {
        let env = self.aws.function_env("NotifyWorkerFunction").unwrap();
        testing::take(&self.sqs, &env[QueueName::Auth.variable()]).await
    }

    /// What it has told auth of erasures.
    pub async fn receipts(&self) -> Vec<ErasureReceipt> {
        let told = self.told().await.into_iter();
        told.filter_map(|job| if let Job::ErasureReceipt(receipt) = job { Some(receipt) } else { None }).collect()
    }

    /// What it has told reports since the last call: at least so many facts.
    pub async fn facts(&self, count: usize) -> Vec<Facts> {
        testing::take_facts(
            &self.sqs,
            &self.aws.function_env("NotifyFunction").unwrap()[QueueName::Reports.variable()],
            count,
        )
        .await
    }

    /// notify with other variables than the template's.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        let aws = LocalAws::ephemeral().await.unwrap();
        let clock = Clock::manual(Clock::system().now());
        let others = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        // The worker's own, and what the API has besides.
        let worker = aws.function_env("NotifyWorkerFunction").unwrap();
        let env = worker.into_iter().chain(aws.function_env("NotifyFunction").unwrap());
        let env: Env = env.chain(others).collect();
        let sdk = sdk_config(&AwsConfig::from_env(&env)).await;
        let store = Store::new(&sdk);
        let keys = store.table(env.require("SIGNING_KEYS_TABLE").unwrap());
        assert!(keys.put(&PublicKey::key(1), &testing::tokens::public_key(clock.now())).run().await.unwrap());
        let notify = Notify::build(&env, clock.clone()).await.unwrap();
        let (sqs, dynamodb) = (aws_sdk_sqs::Client::new(&sdk), aws_sdk_dynamodb::Client::new(&sdk));
        Self { router: notify.router(), aws, sqs, dynamodb, sdk, notify, clock }
    }

    /// The key of its internal routes.
    pub fn internal_key(&self) -> String {
        self.aws.function_env("NotifyFunction").unwrap()["INTERNAL_API_KEYS"].clone()
    }

    /// Lets time pass, for notify and for AWS.
    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.aws.advance(by.unsigned_abs());
    }

    /// For clients of its AWS.
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Everything in its table.
    pub async fn rows(&self) -> Vec<HashMap<String, AttributeValue>> {
        let env = self.aws.function_env("NotifyFunction").unwrap();
        let pages = self.dynamodb.scan().table_name(&env["TABLE"]).into_paginator().items().send();
        pages.collect::<Result<_, _>>().await.unwrap()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Does what its queues hold now, in the order of their classes, until they are empty.
    pub async fn work(&self) {
        let mut rounds = 0;
        while self.work_once().await > 0 {
            rounds += 1;
            assert!(rounds < 200, "the queues never get empty");
        }
    }

    /// Does one batch of the first queue that holds something; says how many messages that were.
    pub async fn work_once(&self) -> usize {
        self.work_batch(false).await
    }

    /// Does what its queues hold now, each message twice at once, as SQS may deliver it.
    pub async fn work_with_doubles(&self) {
        while self.work_batch(true).await > 0 {}
    }

    async fn work_batch(&self, doubled: bool) -> usize {
        let env = self.aws.function_env("NotifyFunction").unwrap();
        for queue in [QueueName::NotifyHigh, QueueName::Notify, QueueName::NotifyLow] {
            let url = &env[queue.variable()];
            let receive = self.sqs.receive_message().queue_url(url).max_number_of_messages(10);
            let all = MessageSystemAttributeName::All;
            let received = receive.message_system_attribute_names(all).send().await.unwrap();
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                continue;
            }
            let worker = self.notify.worker();
            let first = handle(worker.as_ref(), testing::batch(&messages));
            let response = if doubled {
                let (first, second) = tokio::join!(first, handle(worker.as_ref(), testing::batch(&messages)));
                let mut response = first.unwrap();
                response.batch_item_failures.extend(second.unwrap().batch_item_failures);
                response
            } else {
                first.await.unwrap()
            };
            for message in &messages {
                let id = message.message_id().unwrap();
                if !response.batch_item_failures.iter().any(|failure| failure.item_identifier == id) {
                    let handle = message.receipt_handle().unwrap();
                    self.sqs.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
                }
            }
            return messages.len();
        }
        0
    }

    /// Somebody purges its queues.
    pub async fn empty_queues(&self) {
        let env = self.aws.function_env("NotifyFunction").unwrap();
        for queue in [QueueName::NotifyHigh, QueueName::Notify, QueueName::NotifyLow] {
            self.sqs.purge_queue().queue_url(&env[queue.variable()]).send().await.unwrap();
        }
    }

    /// Hands over what SNS has for its webhooks, until there is nothing more.
    pub async fn hear(&self) {
        loop {
            let waiting = self.aws.notifications().await.unwrap();
            let Some(first) = waiting.first() else { return };
            let path = first.endpoint.split_once("/notify/v1").unwrap().1.to_owned();
            let answer = self.call(Method::POST, &path).raw("text/plain; charset=UTF-8", &first.body).send().await;
            assert_eq!(answer.status, 200, "{answer:?}");
            self.aws.acknowledge(first.id).await.unwrap();
        }
    }

    /// Fires a timer.
    pub async fn timer(&self, name: &str) {
        assert!(self.try_timer(name).await);
    }

    /// Fires a timer, which may fail; says whether it did not.
    pub async fn try_timer(&self, name: &str) -> bool {
        testing::fire(self.notify.worker().as_ref(), name).await
    }

    pub fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    /// One delivery as an organizer sees it.
    pub async fn delivery(&self, organizer: &User, id: &Value) -> Value {
        self.get(&format!("/deliveries/{}", id.as_str().unwrap())).by(organizer).data().await
    }

    /// Somebody of whom notify knows nothing but the token.
    pub fn stranger(&self, tenant: TenantId, role: Role) -> User {
        User::new(&self.clock, tenant, role)
    }

    /// Somebody whom auth has told notify of.
    pub async fn user(&self, tenant: TenantId, role: Role) -> User {
        let user = self.stranger(tenant, role);
        assert!(self.receive(&[body(&changed(&user, 1))]).await.is_empty());
        user
    }

    /// Hands the worker one batch; gives the places of those that failed.
    pub async fn receive(&self, bodies: &[String]) -> Vec<usize> {
        testing::receive(self.notify.worker().as_ref(), bodies).await
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn put(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::PUT, path).json(body)
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call::new(&NOTIFY, &self.router, &self.clock, method, path)
    }
}

/// What auth says of `user` in its given version.
pub fn changed(user: &User, version: u64) -> UserChanged {
    UserChanged {
        user_id: user.id,
        version,
        tenants: vec![user.tenant],
        verified_email: Some(format!("v{version}@example.com")),
        display_name: "Ada".to_owned(),
        locale: Some("de-AT".to_owned()),
        time_zone: Some("Europe/Vienna".to_owned()),
    }
}

/// The message that says so.
pub fn body(changed: &UserChanged) -> String {
    serde_json::to_string(&Job::UserChanged(changed.clone())).unwrap()
}
