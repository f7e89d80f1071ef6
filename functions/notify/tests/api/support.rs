//! A running notify, callers with tokens, and requests of theirs.

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use local_aws::LocalAws;
use notify::Notify;
use serde_json::{Value, json};
use shared::auth::{PublicKey, Role, TenantId, UserId};
use shared::clock::Clock;
use shared::config::{AwsConfig, Env};
use shared::ids;
use shared::jobs::{Job, UserChanged, handle};
use shared::store::{Store, sdk_config};
use tower::ServiceExt;
use uuid::Uuid;

use crate::tokens;

pub const T1: TenantId = TenantId(Uuid::from_u128(1));
pub const T2: TenantId = TenantId(Uuid::from_u128(2));

/// notify, its time, and the AWS below it.
pub struct App {
    _aws: LocalAws,
    notify: Notify,
    clock: Clock,
    router: Router,
}

/// Somebody with an access token.
#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub tenant: TenantId,
    pub token: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl App {
    pub async fn start() -> Self {
        let aws = LocalAws::ephemeral().await.unwrap();
        let clock = Clock::manual(Clock::system().now());
        let env: Env = aws.function_env("NotifyFunction").unwrap().into_iter().collect();
        let store = Store::new(&sdk_config(&AwsConfig::from_env(&env)).await);
        let keys = store.table(env.require("SIGNING_KEYS_TABLE").unwrap());
        assert!(keys.put(&PublicKey::key(1), &tokens::public_key(clock.now())).run().await.unwrap());
        let notify = Notify::build(&env, clock.clone()).await.unwrap();
        Self { router: notify.router(), _aws: aws, notify, clock }
    }

    /// Somebody of whom notify knows nothing but the token.
    pub fn stranger(&self, tenant: TenantId, role: Role) -> User {
        let id = UserId(ids::new(&self.clock));
        User { id, tenant, token: tokens::sign(&tokens::claims(&self.clock, tenant, id, role)) }
    }

    /// The same user with another role.
    pub fn as_role(&self, user: &User, role: Role) -> User {
        User { token: tokens::sign(&tokens::claims(&self.clock, user.tenant, user.id, role)), ..user.clone() }
    }

    /// Somebody whom auth has told notify of.
    pub async fn user(&self, tenant: TenantId, role: Role) -> User {
        let user = self.stranger(tenant, role);
        assert!(self.receive(&[body(&changed(&user, 1))]).await.is_empty());
        user
    }

    /// Hands the worker one batch; gives the places of those that failed.
    pub async fn receive(&self, bodies: &[String]) -> Vec<usize> {
        let record = |(index, body): (usize, &String)| json!({"messageId": index.to_string(), "body": body, "attributes": {}, "messageAttributes": {}});
        let records: Vec<Value> = bodies.iter().enumerate().map(record).collect();
        let event = serde_json::from_value(json!({"Records": records})).unwrap();
        let response = handle(self.notify.worker().as_ref(), event).await.unwrap();
        response.batch_item_failures.iter().map(|failure| failure.item_identifier.parse().unwrap()).collect()
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn put(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::PUT, path).json(body)
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        let request = Request::builder().method(method).uri(format!("/notify/v1{path}"));
        Call { router: &self.router, request, body: Body::empty() }
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

/// A request before it is sent.
pub struct Call<'a> {
    router: &'a Router,
    request: http::request::Builder,
    body: Body,
}

impl Call<'_> {
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.header("content-type", "application/json");
        self.body = Body::from(body.to_string());
        self
    }

    /// As `user`.
    pub fn by(self, user: &User) -> Self {
        let bearer = format!("Bearer {}", user.token);
        self.header("authorization", &bearer)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub async fn send(self) -> Answer {
        let response = self.router.clone().oneshot(self.request.body(self.body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// Sends, and gives `data` of a success.
    pub async fn data(self) -> Value {
        let mut answer = self.send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"].take()
    }

    /// Sends, and gives status and error code.
    pub async fn refused(self) -> (u16, String) {
        let answer = self.send().await;
        let code = answer.body["error"]["code"].as_str().unwrap_or_default();
        (answer.status.as_u16(), code.strip_prefix("ERR_NOTIFY_").unwrap_or(code).to_owned())
    }
}

/// What a refusal is compared with.
pub fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
