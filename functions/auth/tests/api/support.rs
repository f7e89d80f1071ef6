//! A running auth with a few accounts, and requests to it.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use auth::Auth;
use auth::accounts::{Account, Created, NewAccount, Profile};
use auth::tenants::Tenant;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use local_aws::LocalAws;
use serde_json::{Value, json};
use shared::auth::{Plan, Role, Roles, SYSTEM_TENANT, TenantId, UserId};
use shared::clock::Clock;
use shared::config::{AwsConfig, Env};
use shared::jobs::{About, Addressee, Facts, Job, Message, QueueName, SendMessage};
use shared::store::sdk_config;
use tower::ServiceExt;
use uuid::Uuid;

pub const PASSWORD: &str = "correct horse battery staple";
pub const TOTP_SECRET: &[u8] = b"12345678901234567890";
pub const T1: TenantId = TenantId(Uuid::from_u128(1));
pub const T2: TenantId = TenantId(Uuid::from_u128(2));

/// What makes somebody the platform's own.
pub fn system() -> (TenantId, Roles) {
    (SYSTEM_TENANT, Roles(vec![Role::System]))
}

/// auth, its time, and the AWS below it.
pub struct App {
    pub aws: LocalAws,
    sqs: aws_sdk_sqs::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    pub auth: Auth,
    pub clock: Clock,
    router: Router,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: Value,
}

/// The function's environment in a deployment without chat, as it is before that has its image: one other service is told
/// of accounts. `local` tries all of them together.
fn without_chat(aws: &LocalAws) -> BTreeMap<String, String> {
    let mut variables = aws.function_env("AuthFunction").unwrap();
    for queue in [QueueName::Chat, QueueName::Reports, QueueName::Search] {
        assert!(variables.insert(queue.variable().to_owned(), String::new()).is_some());
    }
    variables
}

impl App {
    /// auth with tenants T1 and T2 and no accounts.
    pub async fn start() -> Self {
        Self::start_at(Clock::manual(Timestamp::from_second(1_800_000_000).unwrap())).await
    }

    /// The same with another clock.
    pub async fn start_at(clock: Clock) -> Self {
        let aws = LocalAws::ephemeral().await.unwrap();
        let app = Self::on(aws, clock).await;
        let tenants =
            [(T1, "One", Plan::Base), (T2, "Two", Plan::Professional), (SYSTEM_TENANT, "System", Plan::Enterprise)];
        for (id, name, plan) in tenants {
            let tenant = Tenant { id, name: name.to_owned(), plan, open_signup: false, created_at: app.clock.now() };
            assert!(app.auth.state().tenants.create(&tenant).await.unwrap());
        }
        app
    }

    /// The same with other variables than the template's.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        Self::start_with_at(variables, Clock::manual(Timestamp::from_second(1_800_000_000).unwrap())).await
    }

    /// The same with another clock, too.
    pub async fn start_with_at(variables: &[(&str, &str)], clock: Clock) -> Self {
        let app = Self::start_at(clock).await;
        let others = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let env: Env = without_chat(&app.aws).into_iter().chain(others).collect();
        let auth = Auth::build(&env, app.clock.clone()).await.unwrap();
        Self { router: auth.router(), auth, ..app }
    }

    /// Another process of the same deployment, with other variables than the template's.
    pub async fn restarted(app: &Self, variables: &[(&str, &str)]) -> Auth {
        let others = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let env: Env = without_chat(&app.aws).into_iter().chain(others).collect();
        Auth::build(&env, app.clock.clone()).await.unwrap()
    }

    /// The same where there is reports, as in every whole deployment.
    pub async fn with_reports(self) -> Self {
        let url = self.aws.function_env("AuthFunction").unwrap()[QueueName::Reports.variable()].clone();
        let auth = Self::restarted(&self, &[(QueueName::Reports.variable(), &url)]).await;
        Self { router: auth.router(), auth, ..self }
    }

    /// The facts that reports was told since the last call.
    pub async fn facts(&self) -> Vec<Facts> {
        let url = self.aws.function_env("AuthFunction").unwrap()[QueueName::Reports.variable()].clone();
        let jobs = testing::take(&self.sqs, &url).await.into_iter();
        // It hears of accounts, too.
        jobs.filter_map(|job| if let Job::Facts(facts) = job { Some(facts) } else { None }).collect()
    }

    async fn on(aws: LocalAws, clock: Clock) -> Self {
        let auth = Self::another(&aws, &clock).await;
        let env: Env = aws.function_env("AuthWorkerFunction").unwrap().into_iter().collect();
        let sdk = sdk_config(&AwsConfig::from_env(&env)).await;
        let (sqs, dynamodb) = (aws_sdk_sqs::Client::new(&sdk), aws_sdk_dynamodb::Client::new(&sdk));
        Self { router: auth.router(), aws, sqs, dynamodb, auth, clock }
    }

    /// Another process of the same deployment.
    pub async fn another(aws: &LocalAws, clock: &Clock) -> Auth {
        let env: Env = without_chat(aws).into_iter().collect();
        Auth::build(&env, clock.clone()).await.unwrap()
    }

    /// Lets time pass, for auth and for AWS.
    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.aws.advance(by.unsigned_abs());
    }

    /// Everything in its table, as text.
    pub async fn rows(&self) -> Vec<String> {
        let env = self.aws.function_env("AuthFunction").unwrap();
        let pages = self.dynamodb.scan().table_name(&env["TABLE"]).into_paginator().items().send();
        let rows: Vec<HashMap<String, AttributeValue>> = pages.collect::<Result<_, _>>().await.unwrap();
        rows.iter().map(|row| format!("{row:?}")).collect()
    }

    /// Takes what waits in a queue, by the variable that holds its address.
    async fn take(&self, queue: QueueName) -> Vec<String> {
        let url = &self.aws.function_env("AuthWorkerFunction").unwrap()[queue.variable()];
        let mut bodies = Vec::new();
        loop {
            let received = self.sqs.receive_message().queue_url(url).max_number_of_messages(10).send().await.unwrap();
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                return bodies;
            }
            for message in messages {
                self.sqs
                    .delete_message()
                    .queue_url(url)
                    .receipt_handle(message.receipt_handle.unwrap())
                    .send()
                    .await
                    .unwrap();
                bodies.push(message.body.unwrap());
            }
        }
    }

    /// Has the worker do what waits in auth's queue, everything twice: a queue may deliver again.
    pub async fn work(&self) {
        for body in self.take(QueueName::Auth).await {
            for receives in 1..=2 {
                let message = Message { id: "test", body: &body, receives };
                self.auth.worker().message(message).await.unwrap();
            }
        }
    }

    /// What the other services were told since the last call, in no order.
    pub async fn told(&self) -> Vec<Job> {
        self.take(QueueName::Notify).await.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
    }

    /// What notify was asked to tell people since the last call, in no order.
    pub async fn mails(&self) -> Vec<SendMessage> {
        let bodies = self.take(QueueName::NotifyHigh).await;
        let messages = bodies.iter().map(|body| match serde_json::from_str(body).unwrap() {
            Job::SendMessage(message) => message,
            other => panic!("{other:?}"),
        });
        messages.collect()
    }

    /// The one mail since the last call, to this address: what it is about.
    pub async fn mail_to(&self, email: &str) -> About {
        let mut mails = self.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        let mail = mails.remove(0);
        assert!(matches!(&mail.to, Addressee::Address { email: to, .. } if to == email), "{mail:?}");
        mail.about
    }

    /// The token in the link of the one mail since the last call, to this address.
    pub async fn token_mailed_to(&self, email: &str) -> String {
        let about = serde_json::to_value(self.mail_to(email).await).unwrap();
        let link = about["link"].as_str().unwrap_or_else(|| panic!("no link in {about}"));
        link.split_once("?token=").unwrap().1.to_owned()
    }

    /// A verified account with [`PASSWORD`], a member of T1 as `role`.
    pub async fn account(&self, name: &str, role: Role) -> Account {
        self.account_with(name, |new| new.memberships = vec![(T1, Roles(vec![role]))]).await
    }

    /// The same, changed before it is made.
    pub async fn account_with(&self, name: &str, change: impl FnOnce(&mut NewAccount)) -> Account {
        let state = self.auth.state();
        let mut new = NewAccount {
            id: UserId(shared::ids::new(&self.clock)),
            email: format!("{name}@example.com"),
            username: Some(name.to_owned()),
            password_hash: Some(state.passwords.hash(PASSWORD).await.unwrap()),
            verified: true,
            profile: Profile::default(),
            memberships: vec![(T1, Roles(vec![Role::User]))],
            totp_secret: None,
        };
        change(&mut new);
        match state.accounts.create(new).await.unwrap() {
            Created::Done(account) => *account,
            Created::Taken => panic!("{name} is taken"),
        }
    }

    /// Signs in by password, and gives `data`.
    pub async fn login(&self, name: &str) -> Value {
        let answer = self.post("/login", &json!({"username": name, "password": PASSWORD})).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"].clone()
    }

    /// The access token of [`App::login`].
    pub async fn token(&self, name: &str) -> String {
        self.login(name).await["accessToken"].as_str().unwrap().to_owned()
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        let peer: SocketAddr = "192.0.2.1:1000".parse().unwrap();
        let request = Request::builder().method(method).uri(format!("/auth/v1{path}")).extension(ConnectInfo(peer));
        Call { router: &self.router, request, body: Body::empty() }
    }
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

    /// As a browser posts a form.
    pub fn form(mut self, body: &str) -> Self {
        self.request = self.request.header("content-type", "application/x-www-form-urlencoded");
        self.body = Body::from(body.to_owned());
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn from(mut self, address: &str) -> Self {
        let peer: SocketAddr = format!("{address}:1000").parse().unwrap();
        self.request = self.request.extension(ConnectInfo(peer));
        self
    }

    pub async fn send(self) -> Answer {
        let response = self.router.clone().oneshot(self.request.body(self.body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends, and gives status and error code.
    pub async fn refused(self) -> (u16, String) {
        let answer = self.send().await;
        (answer.status.as_u16(), answer.code())
    }
}

impl Answer {
    pub fn code(&self) -> String {
        let code = self.body["error"]["code"].as_str().unwrap_or_default();
        code.strip_prefix("ERR_AUTH_").unwrap_or(code).to_owned()
    }

    pub fn text(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {self:?}")).to_owned()
    }
}

/// What a refusal is compared with.
pub fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
