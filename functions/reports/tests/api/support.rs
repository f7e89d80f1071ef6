//! A running reports, callers with tokens, and requests of theirs.

use aws_sdk_sqs::types::MessageSystemAttributeName;
use axum::Router;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use local_aws::LocalAws;
use reports::Reports;
use serde_json::{Value, json};
use shared::auth::{PublicKey, Role, TenantId, UserId};
use shared::clock::Clock;
use shared::config::{AwsConfig, Env};
use shared::ids;
use shared::jobs::{Fact, Facts, Job, QueueName, SignInMethod, SignInOutcome, What, handle};
use shared::service::REPORTS;
use shared::store::{SdkConfig, Store, sdk_config};
pub use testing::{Call, T1, T2, User, refusal};

/// reports, its time, and the AWS below it.
pub struct App {
    pub aws: LocalAws,
    pub sdk: SdkConfig,
    sqs: aws_sdk_sqs::Client,
    env: std::collections::HashMap<String, String>,
    reports: Reports,
    clock: Clock,
    router: Router,
}

impl App {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With these variables besides.
    pub async fn start_with(more: &[(&str, &str)]) -> Self {
        let aws = LocalAws::ephemeral().await.unwrap();
        let clock = Clock::manual(Clock::system().now());
        // The API's own, and what the worker has besides.
        let worker = aws.function_env("ReportsWorkerFunction").unwrap();
        let env = aws.function_env("ReportsFunction").unwrap().into_iter().chain(worker);
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let env: std::collections::HashMap<String, String> = env.chain(more).collect();
        let of_service: Env = env.clone().into_iter().collect();
        let sdk = sdk_config(&AwsConfig::from_env(&of_service)).await;
        let keys = Store::new(&sdk).table(&env["SIGNING_KEYS_TABLE"]);
        assert!(keys.put(&PublicKey::key(1), &testing::tokens::public_key(clock.now())).run().await.unwrap());
        let reports = Reports::build(&of_service, clock.clone()).await.unwrap();
        let sqs = aws_sdk_sqs::Client::new(&sdk);
        Self { router: reports.router(), aws, sdk, sqs, env, reports, clock }
    }

    /// The same service with another variable.
    pub async fn router_with(&self, name: &str, value: &str) -> Router {
        let env = self.env.clone().into_iter().chain([(name.to_owned(), value.to_owned())]);
        Reports::build(&env.collect(), self.clock.clone()).await.unwrap().router()
    }

    /// Lets time pass, for reports and for AWS.
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

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn user(&self, tenant: TenantId, role: Role) -> User {
        User::new(&self.clock, tenant, role)
    }

    /// Does what its queues hold now, until they are empty; says how many messages failed.
    pub async fn work(&self) -> usize {
        // What was asked for is old enough.
        self.advance(SignedDuration::from_secs(2));
        let mut failed = 0;
        for _ in 0..200 {
            let before = failed;
            let mut done = 0;
            for queue in [QueueName::Reports, QueueName::ReportsExports, QueueName::ReportsWebhooks] {
                let (some, of_them) = self.work_batch(queue).await;
                done += some;
                failed += of_them;
            }
            if done == 0 || failed > before {
                return failed;
            }
        }
        panic!("the queues never get empty");
    }

    async fn work_batch(&self, queue: QueueName) -> (usize, usize) {
        let url = self.variable(queue.variable());
        let all = MessageSystemAttributeName::All;
        let receive = self.sqs.receive_message().queue_url(url).message_system_attribute_names(all);
        let messages = receive.max_number_of_messages(10).send().await.unwrap().messages.unwrap_or_default();
        let response = handle(self.reports.worker().as_ref(), testing::batch(&messages)).await.unwrap();
        for message in &messages {
            let id = message.message_id().unwrap();
            if response.batch_item_failures.iter().all(|failure| failure.item_identifier != id) {
                let handle = message.receipt_handle().unwrap();
                self.sqs.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
            }
        }
        (messages.len(), response.batch_item_failures.len())
    }

    /// Hands the worker one batch; gives the places of those that failed.
    pub async fn receive(&self, jobs: &[Job]) -> Vec<usize> {
        let bodies: Vec<String> = jobs.iter().map(|job| serde_json::to_string(job).unwrap()).collect();
        testing::receive(self.reports.worker().as_ref(), &bodies).await
    }

    /// How many messages a queue holds.
    pub async fn waiting(&self, queue: QueueName) -> u64 {
        let url = self.variable(queue.variable());
        let name = url.rsplit('/').next().unwrap();
        let queues = self.aws.queues().await.unwrap();
        let depth = queues.iter().find(|depth| depth.name == name).unwrap();
        depth.visible + depth.delayed
    }

    /// What it has told the reader of this queue since the last call.
    pub async fn told(&self, queue: QueueName) -> Vec<Job> {
        testing::take(&self.sqs, self.variable(queue.variable())).await
    }

    /// Fires a timer; says whether it did not fail.
    pub async fn timer(&self, name: &str) -> bool {
        testing::fire(self.reports.worker().as_ref(), name).await
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
        Call::new(&REPORTS, &self.router, &self.clock, method, path)
    }

    /// Tells reports that somebody has searched; one second passes between facts.
    pub async fn searched(&self, tenant: TenantId, user: UserId, searches: &[(&str, u64)]) {
        let facts = searches.iter().map(|(query, results)| {
            self.advance(SignedDuration::from_secs(1));
            let what = What::Search { query: (*query).to_owned(), results: *results, took_ms: 1.5 };
            Fact { id: ids::new(&self.clock), user_id: Some(user), at: self.now(), what }
        });
        let facts: Vec<Fact> = facts.collect();
        assert!(self.receive(&[Job::Facts(Facts { tenant_id: tenant, facts })]).await.is_empty());
    }

    /// A dataset `sales` of the tenant, with these rows.
    pub async fn sales(&self, tenant: TenantId, rows: &[Value]) {
        let organizer = self.user(tenant, Role::Organizer);
        let dataset = json!({"name": "sales", "columns": [
            {"name": "ticket", "type": "text", "required": true},
            {"name": "price", "type": "number"},
            {"name": "count", "type": "integer"},
            {"name": "refunded", "type": "boolean"},
            {"name": "soldAt", "type": "timestamp"},
            {"name": "buyer", "type": "user"},
        ], "userColumn": "buyer"});
        self.post("/datasets", &dataset).by(&organizer).data().await;
        self.add(tenant, rows).await;
    }

    /// More rows of it.
    pub async fn add(&self, tenant: TenantId, rows: &[Value]) {
        let organizer = self.user(tenant, Role::Organizer);
        for rows in rows.chunks(1000) {
            self.post("/datasets/sales/rows", &json!({ "rows": rows })).by(&organizer).data().await;
        }
        assert_eq!(self.work().await, 0);
    }

    /// Makes an export of a definition, and gives it as it is at the end.
    pub async fn export(&self, user: &User, definition: &Value, format: &str) -> Value {
        let body = json!({"definition": definition, "format": format});
        let export = self.post("/exports", &body).by(user).data().await;
        assert_eq!(self.work().await, 0);
        self.get(&format!("/exports/{}", export["id"].as_str().unwrap())).by(user).data().await
    }

    /// The text of a completed export, as whoever has its address gets it.
    pub async fn file(&self, user: &User, export: &Value) -> String {
        String::from_utf8(self.bytes(user, export).await).unwrap()
    }

    /// The bytes of a completed export.
    pub async fn bytes(&self, user: &User, export: &Value) -> Vec<u8> {
        assert_eq!(export["status"], "completed", "{export}");
        let download = format!("/exports/{}/download", export["id"].as_str().unwrap());
        let download = self.get(&download).by(user).data().await;
        let answer = testing::fetch(download["url"].as_str().unwrap()).await;
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap().to_vec()
    }

    /// The rows of a definition's csv, without its header.
    pub async fn csv(&self, user: &User, definition: &Value) -> Vec<String> {
        let export = self.export(user, definition, "csv").await;
        self.file(user, &export).await.lines().skip(1).map(str::to_owned).collect()
    }

    /// Where a link leads to.
    pub async fn location(&self, path: &str) -> String {
        let request =
            http::Request::builder().uri(format!("/reports/v1{path}")).body(axum::body::Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(self.router.clone(), request).await.unwrap();
        assert_eq!(answer.status(), 307);
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Keys of all files that begin with this.
    pub async fn files(&self, prefix: &str) -> Vec<String> {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk).force_path_style(true).build();
        let s3 = aws_sdk_s3::Client::from_conf(config);
        let listed = s3.list_objects_v2().bucket(self.variable("REPORTS_BUCKET")).prefix(prefix).send().await.unwrap();
        listed.contents.unwrap_or_default().into_iter().filter_map(|object| object.key).collect()
    }
}

/// A row of `sales`.
pub fn sale(ticket: &str, price: f64, count: i64) -> Value {
    json!({"values": {"ticket": ticket, "price": price, "count": count}})
}

impl App {
    /// Hands the worker one batch of messages as they are; gives the places of those that failed.
    pub async fn receive_texts(&self, bodies: &[String]) -> Vec<usize> {
        testing::receive(self.reports.worker().as_ref(), bodies).await
    }

    /// A file that auth is told of.
    pub async fn known_file(&self, name: &str) -> String {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk).force_path_style(true).build();
        let s3 = aws_sdk_s3::Client::from_conf(config);
        let bucket = self.variable("EXPORTS_BUCKET");
        let listed = s3.list_objects_v2().bucket(bucket).send().await.unwrap().contents.unwrap_or_default();
        let key = listed.into_iter().filter_map(|object| object.key).find(|key| key.ends_with(name)).unwrap();
        let got = s3.get_object().bucket(bucket).key(key).send().await.unwrap();
        String::from_utf8(got.body.collect().await.unwrap().to_vec()).unwrap()
    }
}

impl App {
    /// Tells reports that somebody has signed in.
    pub async fn signed_in(&self, tenant: TenantId, user: UserId) {
        let what =
            What::SignIn { method: SignInMethod::MagicLink, second_factor: None, outcome: SignInOutcome::Success };
        let fact = Fact { id: ids::new(&self.clock), user_id: Some(user), at: self.now(), what };
        assert!(self.receive(&[Job::Facts(Facts { tenant_id: tenant, facts: vec![fact] })]).await.is_empty());
    }
}
