//! A running search, callers with tokens, and requests of theirs.

use std::collections::HashMap;

use aws_sdk_sqs::types::MessageSystemAttributeName;
use axum::Router;
use http::Method;
use jiff::SignedDuration;
use local_aws::LocalAws;
use search::Search;
use serde_json::{Value, json};
use shared::auth::{PublicKey, Role, TenantId};
use shared::clock::Clock;
use shared::config::{AwsConfig, Env};
use shared::jobs::{Facts, Job, QueueName, handle};
use shared::service::SEARCH;
use shared::store::{SdkConfig, Store, sdk_config};
pub use testing::{Call, T1, T2, User, refusal};
use uuid::Uuid;

/// search, its time, and the AWS below it.
pub struct App {
    pub aws: LocalAws,
    pub sdk: SdkConfig,
    sqs: aws_sdk_sqs::Client,
    env: HashMap<String, String>,
    search: Search,
    clock: Clock,
    router: Router,
}

impl App {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// search with other variables than the template's.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        let aws = LocalAws::ephemeral().await.unwrap();
        let clock = Clock::manual(Clock::system().now());
        let others = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        // The API's own, and what the worker has besides.
        let worker = aws.function_env("SearchWorkerFunction").unwrap();
        let env = aws.function_env("SearchFunction").unwrap().into_iter().chain(worker).chain(others);
        let env: HashMap<String, String> = env.collect();
        let of_service: Env = env.clone().into_iter().collect();
        let sdk = sdk_config(&AwsConfig::from_env(&of_service)).await;
        let keys = Store::new(&sdk).table(&env["SIGNING_KEYS_TABLE"]);
        assert!(keys.put(&PublicKey::key(1), &testing::tokens::public_key(clock.now())).run().await.unwrap());
        let search = Search::build(&of_service, clock.clone()).await.unwrap();
        let sqs = aws_sdk_sqs::Client::new(&sdk);
        Self { router: search.router(), aws, sdk, sqs, env, search, clock }
    }

    /// The same on the same AWS, as if the process had ended: nothing is in memory any more.
    pub async fn restart(&mut self) {
        let env: Env = self.env.clone().into_iter().collect();
        self.search = Search::build(&env, self.clock.clone()).await.unwrap();
        self.router = self.search.router();
    }

    /// Lets time pass, for search and for AWS.
    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.aws.advance(by.unsigned_abs());
    }

    pub fn variable(&self, name: &str) -> &str {
        &self.env[name]
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn user(&self, tenant: TenantId, role: Role) -> User {
        User::new(&self.clock, tenant, role)
    }

    /// Does what its queue holds now, until it is empty; says how many messages failed.
    pub async fn work(&self) -> usize {
        let mut failed = 0;
        for _ in 0..200 {
            let url = self.variable(QueueName::Search.variable());
            let all = MessageSystemAttributeName::All;
            let receive = self.sqs.receive_message().queue_url(url).message_system_attribute_names(all);
            let messages = receive.max_number_of_messages(10).send().await.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                // What is searched is a second old at most.
                self.advance(SignedDuration::from_millis(1100));
                return failed;
            }
            let response = handle(self.search.worker().as_ref(), testing::batch(&messages)).await.unwrap();
            for message in &messages {
                let id = message.message_id().unwrap();
                if response.batch_item_failures.iter().any(|failure| failure.item_identifier == id) {
                    failed += 1;
                    continue;
                }
                let handle = message.receipt_handle().unwrap();
                self.sqs.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
            }
        }
        panic!("the queue never gets empty");
    }

    /// Hands the worker one batch; gives the places of those that failed.
    pub async fn receive(&self, jobs: &[Job]) -> Vec<usize> {
        let bodies: Vec<String> = jobs.iter().map(|job| serde_json::to_string(job).unwrap()).collect();
        testing::receive(self.search.worker().as_ref(), &bodies).await
    }

    /// What it has told the reader of this queue since the last call.
    pub async fn told(&self, queue: QueueName) -> Vec<Job> {
        testing::take(&self.sqs, self.variable(queue.variable())).await
    }

    /// What it has told reports since the last call: at least so many facts.
    pub async fn facts(&self, count: usize) -> Vec<Facts> {
        testing::take_facts(&self.sqs, self.variable(QueueName::Reports.variable()), count).await
    }

    /// Fires a timer; says whether it did not fail.
    pub async fn timer(&self, name: &str) -> bool {
        testing::fire(self.search.worker().as_ref(), name).await
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    pub fn put(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::PUT, path).json(body)
    }

    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call::new(&SEARCH, &self.router, &self.clock, method, path)
    }

    /// Stores documents of a tenant and indexes them; gives the task.
    pub async fn store(&self, tenant: TenantId, documents: &[Value]) -> Value {
        let organizer = self.user(tenant, Role::Organizer);
        let accepted = self.put("/documents", &json!({ "documents": documents })).by(&organizer).data().await;
        assert_eq!(self.work().await, 0);
        accepted["task_id"].clone()
    }

    /// Ids of what a member of the tenant finds, in their order, by words alone.
    pub async fn find(&self, tenant: TenantId, query: &str) -> Vec<String> {
        let user = self.user(tenant, Role::User);
        let body = json!({"query": query, "use_semantic": false, "limit": 100});
        ids_of(&self.post("/search", &body).by(&user).data().await)
    }

    /// The same with filters.
    pub async fn filter(&self, tenant: TenantId, body: &Value) -> Vec<String> {
        ids_of(&self.post("/search/advanced", body).by(&self.user(tenant, Role::User)).data().await)
    }
}

/// The ids of results, in their order.
pub fn ids_of(found: &Value) -> Vec<String> {
    found["results"].as_array().unwrap().iter().map(|result| result["id"].as_str().unwrap().to_owned()).collect()
}

/// An event with this title.
pub fn titled(id: &str, title: &str) -> Value {
    json!({"id": id, "entity_type": "event", "title": title})
}

/// An event with this title and more.
pub fn event_with(id: &str, title: &str, more: &Value) -> Value {
    let mut document = titled(id, title);
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    document
}

impl App {
    /// Hands the worker an event; gives the ids of the messages that failed.
    pub async fn receive_raw(&self, event: Value) -> Vec<String> {
        let response = handle(self.search.worker().as_ref(), serde_json::from_value(event).unwrap()).await.unwrap();
        response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }
}

impl App {
    /// A file of an export.
    pub async fn exported(&self, name: &str, export: Uuid) -> String {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk).force_path_style(true).build();
        let s3 = aws_sdk_s3::Client::from_conf(config);
        let bucket = self.variable("EXPORTS_BUCKET");
        let listed = s3.list_objects_v2().bucket(bucket).send().await.unwrap().contents.unwrap_or_default();
        let keys = listed.into_iter().filter_map(|object| object.key);
        let key = keys.into_iter().find(|key| key.contains(&export.to_string()) && key.ends_with(name)).unwrap();
        let got = s3.get_object().bucket(bucket).key(key).send().await.unwrap();
        String::from_utf8(got.body.collect().await.unwrap().to_vec()).unwrap()
    }
}
