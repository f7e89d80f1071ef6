//! A platform of a test's own: AWS, a clock that stands still, callers with tokens.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::Client as Sqs;
use axum::Router;
use axum::body::Body;
use http::request::Builder;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use local_aws::{LocalAws, Options};
use serde_json::Value;
use shared::Platform;
use shared::clock::Clock;
use shared::config::{AwsConfig, Env};
use shared::service::Service;
use shared::store::sdk_config;
use tower::ServiceExt;

use crate::callers::{Caller, signer};
use crate::sample::{self, SAMPLE};

const RESOURCES: &str = include_str!("resources.yaml");

/// One process of the sample service and what it stands on.
pub(crate) struct World {
    pub(crate) aws: Arc<LocalAws>,
    pub(crate) clock: Clock,
    pub(crate) platform: Platform,
    pub(crate) router: Router,
    charges: Arc<AtomicU32>,
}

/// A stored item.
pub(crate) type Row = HashMap<String, AttributeValue>;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl World {
    pub(crate) async fn start() -> Self {
        let options = Options { template: Some(RESOURCES.to_owned()), ..Options::default() };
        let aws = Arc::new(LocalAws::start(options).await.unwrap());
        let clock = Clock::manual("2026-02-03T04:05:06.789Z".parse::<Timestamp>().unwrap());
        let world = Self::process(aws, clock, &SAMPLE).await;
        let (key, item) = signer().published(world.clock.now());
        let keys = world.platform.store().table("SigningKeys");
        assert!(keys.put(&key, &item).run().await.unwrap());
        world
    }

    /// Another process on the same resources and the same clock.
    pub(crate) async fn second(&self) -> Self {
        Self::process(Arc::clone(&self.aws), self.clock.clone(), &SAMPLE).await
    }

    /// Another service on the same resources and the same clock.
    pub(crate) async fn service(&self, service: &'static Service) -> Self {
        Self::process(Arc::clone(&self.aws), self.clock.clone(), service).await
    }

    async fn process(aws: Arc<LocalAws>, clock: Clock, service: &'static Service) -> Self {
        let env = env(&environment(aws.endpoint()));
        let platform = Platform::connect(service, &env, clock.clone()).await.unwrap();
        let charges = Arc::new(AtomicU32::new(0));
        let router = sample::router(&platform, Arc::clone(&charges));
        Self { aws, clock, platform, router, charges }
    }

    /// How often the effect outside of the store happened.
    pub(crate) fn charges(&self) -> u32 {
        self.charges.load(Ordering::SeqCst)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(call("GET", path).bearer(token).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send(call("POST", path).bearer(token).json(body)).await
    }

    /// A POST with an Idempotency-Key.
    pub(crate) async fn post_keyed(&self, path: &str, caller: &Caller, key: &str, body: &Value) -> Answer {
        let token = caller.token(&self.clock);
        self.send(call("POST", path).bearer(&token).header("idempotency-key", key).json(body)).await
    }

    async fn sdk(&self) -> SdkConfig {
        sdk_config(&AwsConfig::from_env(&env(&environment(self.aws.endpoint())))).await
    }

    pub(crate) async fn sqs(&self) -> Sqs {
        Sqs::new(&self.sdk().await)
    }

    /// All rows of a small table, as they are stored.
    pub(crate) async fn rows(&self, table: &str) -> Vec<Row> {
        let scan = DynamoDb::new(&self.sdk().await).scan().table_name(table).consistent_read(true);
        scan.send().await.unwrap().items.unwrap_or_default()
    }

    /// How often AWS was called so far.
    pub(crate) fn calls(&self, operation: &str) -> u64 {
        self.aws.calls().get(operation).copied().unwrap_or(0)
    }
}

/// The environment of a service whose `SEARCH_QUEUE_URL` is not there, and whose auth queue was deleted.
pub(crate) fn environment(endpoint: &str) -> BTreeMap<String, String> {
    let queue = |name: &str| format!("{endpoint}/000000000000/{name}");
    [
        ("STAGE", "local"),
        ("TABLE", "Sample"),
        ("IDEMPOTENCY_TABLE", "Idempotency"),
        ("SIGNING_KEYS_TABLE", "SigningKeys"),
        ("REVOCATIONS_TABLE", "Revocations"),
        ("TOKEN_ISSUER", sample::ISSUER),
        ("TOKEN_AUDIENCE", "eventzr"),
        ("DATA_KEYS", r#"{"active":"1","1":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}"#),
        ("ALLOWED_ORIGINS", "https://app.example.com"),
        ("DOCS_SCRIPT_URL", "/scalar.js"),
        ("REPORTS_QUEUE_URL", &queue("reports")),
        ("NOTIFY_QUEUE_URL", &queue("notify")),
        ("AUTH_QUEUE_URL", &queue("deleted")),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", local_aws::REGION),
        ("AWS_ACCESS_KEY_ID", local_aws::ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", local_aws::SECRET_KEY),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

pub(crate) fn env(variables: &BTreeMap<String, String>) -> Env {
    variables.clone().into_iter().collect()
}

/// A request to the sample service.
pub(crate) fn call(method: &str, path: &str) -> Builder {
    Request::builder().method(method).uri(format!("/sample/v1{path}"))
}

/// The parts of requests that most tests need.
pub(crate) trait Parts {
    fn bearer(self, token: &str) -> Self;
    fn json(self, body: &Value) -> Request<Body>;
}

impl Parts for Builder {
    fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    fn json(self, body: &Value) -> Request<Body> {
        self.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap()
    }
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn data(&self) -> &Value {
        assert!(self.status < 300, "{self:?}");
        &self.body["data"]
    }

    /// The status and the error's code, in an envelope that says the same.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        let error = &self.body["error"];
        assert_eq!((&error["http"], &self.body["data"]), (&Value::from(self.status), &Value::Null), "{self:?}");
        (self.status, error["code"].as_str().unwrap().strip_prefix("ERR_SAMPLE_").unwrap())
    }
}
