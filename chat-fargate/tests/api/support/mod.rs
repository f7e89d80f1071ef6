//! One fresh platform for each test, and its users.

mod answer;
mod directory;
mod queues;
mod slow;

use std::sync::Arc;
use std::time::Duration;

use bench::socketio::{Client, Options};
use chat_fargate::Chat;
use local_aws::LocalAws;
use serde_json::{Value, json};
use shared::auth::{Claims, PublicKey, Reach, Revocation, Revocations, Role, Roles, TenantId, UserId};
use shared::clock::Clock;
use shared::config::{AwsConfig, Env};
use shared::store::{Store, sdk_config};
use shared::{ids, server};
use testing::tokens;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) use answer::Answer;
use directory::Directory;
pub(crate) use slow::SlowSocket;

/// The only origin that the tests' platform lets in.
pub(crate) const ALLOWED_ORIGIN: &str = "https://app.example.com";

const PRESENCE: &str = "presence:update";

pub(crate) struct Platform {
    pub(crate) aws: LocalAws,
    pub(crate) chat: Arc<Chat>,
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    http: reqwest::Client,
    pub(crate) directory: Directory,
    revocations: Revocations,
    pub(crate) env: Env,
    stop: CancellationToken,
    _stop: DropGuard,
}

/// A node that requests do not go to any more.
pub(crate) struct Node {
    pub(crate) chat: Arc<Chat>,
}

/// A signed-in user of a tenant.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) tenant: TenantId,
    pub(crate) token: String,
    pub(crate) claims: Claims,
}

/// A running chat with one signing key and no users. Its time stands still.
pub(crate) async fn platform() -> Platform {
    let aws = LocalAws::ephemeral().await.unwrap();
    let clock = Clock::manual(Clock::system().now());
    let (stop, directory) = (CancellationToken::new(), Directory::default());
    let auth = serve(directory.router(), &stop).await;
    let mut variables = aws.container_env("ChatTaskDefinition").unwrap();
    variables.insert("AUTH_BASE_URL".to_owned(), format!("{auth}/auth/v1"));
    variables.insert("ALLOWED_ORIGINS".to_owned(), ALLOWED_ORIGIN.to_owned());
    let env: Env = variables.into_iter().collect();

    let store = Store::new(&sdk_config(&AwsConfig::from_env(&env)).await);
    let keys = store.table(env.require("SIGNING_KEYS_TABLE").unwrap());
    assert!(keys.put(&PublicKey::key(1), &tokens::public_key(clock.now())).run().await.unwrap());
    let revocations = Revocations::new(store.table(env.require("REVOCATIONS_TABLE").unwrap()), clock.clone());

    let chat = Arc::new(Chat::build(&env, clock.clone()).await.unwrap());
    let base_url = serve(chat.router(), &stop).await;
    #[expect(clippy::disallowed_methods, reason = "a test's client has the test's patience")]
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let stopping = stop.clone().drop_guard();
    Platform { aws, chat, base_url, clock, http, directory, revocations, env, stop, _stop: stopping }
}

async fn serve(router: axum::Router, stop: &CancellationToken) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, router, false, stop.clone()));
    format!("http://{address}")
}

impl Platform {
    pub(crate) fn tenant(&self) -> TenantId {
        TenantId(ids::new(&self.clock))
    }

    /// A new user of `tenant`, signed in for 15 minutes.
    pub(crate) fn user(&self, tenant: TenantId) -> User {
        let id = UserId(ids::new(&self.clock));
        self.directory.add(tenant, id);
        let claims = tokens::claims(&self.clock, tenant, id, Role::User);
        User { id, tenant, token: tokens::sign(&claims), claims }
    }

    pub(crate) fn users<const N: usize>(&self, tenant: TenantId) -> [User; N] {
        std::array::from_fn(|_| self.user(tenant))
    }

    /// Goes over to another node of the same platform, which knows nothing of this one. Gives the one before.
    pub(crate) async fn change_node(&mut self) -> Node {
        let chat = Arc::new(Chat::build(&self.env, self.clock.clone()).await.unwrap());
        let base_url = serve(chat.router(), &self.stop).await;
        let chat = std::mem::replace(&mut self.chat, chat);
        self.base_url = base_url;
        Node { chat }
    }

    /// A request of `user`, or of nobody.
    pub(crate) fn request(&self, user: Option<&User>, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        let request = self.http.request(method, format!("{}/chat/v1{path}", self.base_url));
        match user {
            Some(user) => request.bearer_auth(&user.token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, user: &User, path: &str) -> Answer {
        Answer::of(self.request(Some(user), "GET", path)).await
    }

    pub(crate) async fn post(&self, user: &User, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Some(user), "POST", path).json(&body)).await
    }

    pub(crate) async fn put(&self, user: &User, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Some(user), "PUT", path).json(&body)).await
    }

    pub(crate) async fn patch(&self, user: &User, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Some(user), "PATCH", path).json(&body)).await
    }

    pub(crate) async fn delete(&self, user: &User, path: &str) -> Answer {
        Answer::of(self.request(Some(user), "DELETE", path)).await
    }

    /// A new group of these users; gives its id.
    pub(crate) async fn group(&self, members: &[&User]) -> String {
        let ids: Vec<UserId> = members.iter().skip(1).map(|user| user.id).collect();
        let answer = self.post(members[0], "/threads", json!({"type": "group", "memberIds": ids})).await;
        answer.expect(201)["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn say(&self, user: &User, thread: &str, content: &str) -> Value {
        let body = json!({"threadId": thread, "content": content, "type": "text"});
        self.post(user, "/messages", body).await.expect(201).clone()
    }

    /// A socket of `user`.
    pub(crate) async fn socket(&self, user: &User) -> Client {
        self.connect(Options::with_token(&user.token)).await.unwrap()
    }

    /// A socket of `user` that has messages up to these numbers.
    pub(crate) async fn resumed_socket(&self, user: &User, last_seq: Value) -> Client {
        let mut options = Options::with_token(&user.token);
        options.auth["lastSeq"] = last_seq;
        self.connect(options).await.unwrap()
    }

    pub(crate) async fn connect(&self, options: Options) -> Result<Client, bench::socketio::Error> {
        Client::connect(&self.base_url, "/chat/v1/socket.io", options).await
    }

    /// The same user, signed in now.
    pub(crate) fn again(&self, user: &User) -> User {
        let claims = tokens::claims(&self.clock, user.tenant, user.id, Role::User);
        User { token: tokens::sign(&claims), claims, ..user.clone() }
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, holds: impl AsyncFn() -> bool) {
        let looking = async {
            while !holds().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), looking).await.expect("it holds in time");
    }

    /// An admin of `tenant`, signed in for 15 minutes.
    pub(crate) fn admin(&self, tenant: TenantId) -> User {
        let mut admin = self.user(tenant);
        admin.claims.roles = Roles(vec![Role::Admin]);
        admin.token = tokens::sign(&admin.claims);
        admin
    }

    /// Ends a user's session.
    pub(crate) async fn revoke(&self, user: &User) {
        let revocation = Revocation::new(user.claims.sid, Reach::Session, self.clock.now());
        assert!(self.revocations.revoke(&revocation).run().await.unwrap());
    }
}

/// The name and data of the next event but for who comes and goes.
pub(crate) async fn hear(client: &mut Client) -> (String, Value) {
    loop {
        let (name, data) = hear_any(client).await;
        if name != PRESENCE {
            return (name, data);
        }
    }
}

/// The next event's name and data.
pub(crate) async fn hear_any(client: &mut Client) -> (String, Value) {
    let event = tokio::time::timeout(Duration::from_secs(10), client.next_event()).await.expect("an event in time");
    let event = event.expect("an open connection");
    (event.name.clone(), event.data())
}

/// Whether no event has come but for who comes and goes.
pub(crate) fn silent(client: &mut Client) -> bool {
    std::iter::from_fn(|| client.try_next_event()).all(|event| event.name == PRESENCE)
}

/// The numbers of the next messages, which come before anything else.
pub(crate) async fn hear_numbers(client: &mut Client, count: usize) -> Vec<u64> {
    let mut heard = Vec::with_capacity(count);
    while heard.len() < count {
        let (event, message) = hear(client).await;
        assert_eq!(event, "message:new", "{message}");
        heard.push(message["seq"].as_u64().unwrap());
    }
    heard
}

impl User {
    pub(crate) fn sign(claims: &Claims) -> String {
        tokens::sign(claims)
    }
}
