//! A provider of our own, over a real port: Google, Microsoft, Apple and GitHub, by the path.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use shared::clock::Clock;

use super::signing::{Signed, id_token, key_set, team_claims, team_pem};

pub const TENANT: &str = "11111111-2222-4333-8444-555555555555";
/// Where the application and the form's endpoint are, by the template.
const BASE: &str = "http://127.0.0.1:8080";

pub type Fields = HashMap<String, String>;

/// What a provider does wrong.
#[derive(Clone, Debug)]
pub enum Mischief {
    /// Says this in ID tokens besides.
    Claims(Value),
    /// Answers the exchange with this status.
    Status(u16),
    /// And with this.
    Body(String),
    /// Or never.
    Silence,
}

pub struct Desk {
    base: String,
    clock: Clock,
    /// Who signs in next: claims of the ID token.
    pub person: Value,
    /// Of GitHub.
    pub user: Value,
    pub emails: Value,
    pub signed: Signed,
    pub publishes_next_key: bool,
    /// For which issuer its keys are, if it says so.
    pub key_issuer: Option<String>,
    pub mischief: Option<Mischief>,
    /// What its discovery document says besides.
    pub discovery: Value,
    grants: HashMap<String, Fields>,
    /// What came to the token endpoint.
    pub exchanges: Vec<Fields>,
    /// How often its keys were fetched.
    pub keys_fetched: usize,
}

impl Desk {
    /// Where it is.
    pub fn base(&self) -> &str {
        &self.base
    }
}

pub struct Provider {
    pub desk: Arc<Mutex<Desk>>,
    base: String,
}

type Shared = State<Arc<Mutex<Desk>>>;

impl Provider {
    pub async fn start(clock: Clock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let desk = Desk {
            base: base.clone(),
            clock,
            person: json!({"sub": "1", "email": "ada@example.com", "email_verified": true}),
            user: json!({"id": 1, "login": "ada", "name": "Ada King Lovelace"}),
            emails: json!([{"email": "ada@example.com", "primary": true, "verified": true}]),
            signed: Signed::Rsa,
            publishes_next_key: false,
            key_issuer: None,
            mischief: None,
            discovery: json!({}),
            grants: HashMap::new(),
            exchanges: Vec::new(),
            keys_fetched: 0,
        };
        let desk = Arc::new(Mutex::new(desk));
        let router = Router::new()
            .route("/{who}/.well-known/openid-configuration", get(discovery))
            .route("/{who}/keys", get(keys))
            .route("/{who}/authorize", get(authorize))
            .route("/{who}/token", post(token))
            .route("/api/user", get(user))
            .route("/api/user/emails", get(emails))
            .with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { desk, base }
    }

    /// As it stands in `OAUTH_PROVIDERS`.
    pub fn settings(&self) -> String {
        let base = &self.base;
        let oidc = |name: &str| json!({"name": name, "clientId": "client", "clientSecret": "s&cret", "issuer": format!("{base}/{name}")});
        let github = json!({
            "name": "github", "clientId": "client", "clientSecret": "s&cret", "apiBaseUrl": format!("{base}/api"),
            "authorizationEndpoint": format!("{base}/github/authorize"), "tokenEndpoint": format!("{base}/github/token"),
        });
        let apple = json!({
            "name": "apple", "clientId": "client", "teamId": "TEAM", "keyId": "KEY123", "privateKey": team_pem(),
            "issuer": format!("{base}/apple"),
        });
        json!([oidc("google"), oidc("microsoft"), github, apple]).to_string()
    }

    pub fn set(&self, change: impl FnOnce(&mut Desk)) {
        change(&mut self.desk.lock().unwrap());
    }

    /// Signs in there and agrees: what the browser brings back.
    pub async fn consent(&self, authorization_url: &str) -> Fields {
        let client = shared::client::http_client(Duration::from_secs(10)).unwrap();
        let answer = client.get(authorization_url).send().await.unwrap();
        let status = answer.status();
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        let text = answer.text().await.unwrap();
        match location {
            Some(location) => fields(location.split_once('?').unwrap().1),
            None if status == StatusCode::OK => fields(&text),
            None => panic!("{status}: {text}"),
        }
    }
}

pub fn fields(text: &str) -> Fields {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn issuer(desk: &Desk, who: &str) -> String {
    let base = &desk.base;
    if who == "microsoft" { format!("{base}/microsoft/{{tenantid}}") } else { format!("{base}/{who}") }
}

async fn discovery(State(desk): Shared, Path(who): Path<String>) -> Json<Value> {
    let desk = desk.lock().unwrap();
    let base = &desk.base;
    let mut document = json!({
        "issuer": issuer(&desk, &who), "authorization_endpoint": format!("{base}/{who}/authorize"),
        "token_endpoint": format!("{base}/{who}/token"), "jwks_uri": format!("{base}/{who}/keys"),
    });
    document.as_object_mut().unwrap().extend(desk.discovery.as_object().unwrap().clone());
    Json(document)
}

async fn keys(State(desk): Shared) -> Json<Value> {
    let mut desk = desk.lock().unwrap();
    desk.keys_fetched += 1;
    Json(key_set(desk.publishes_next_key, desk.key_issuer.as_deref()))
}

async fn authorize(State(desk): Shared, Path(who): Path<String>, Query(asked): Query<Fields>) -> Response {
    let registered = match who.as_str() {
        "apple" => format!("{BASE}/auth/v1/oauth/apple/form"),
        who => format!("{BASE}/oauth/callback/{who}"),
    };
    let has = |name: &str, value: &str| asked.get(name).is_some_and(|asked| asked == value);
    let right = has("response_type", "code")
        && has("client_id", "client")
        && has("redirect_uri", &registered)
        && has("code_challenge_method", "S256")
        && asked["code_challenge"].len() == 43
        && (who == "github") != asked.contains_key("nonce")
        && (who == "apple") == has("response_mode", "form_post");
    if !right {
        return (StatusCode::BAD_REQUEST, format!("{asked:?}")).into_response();
    }
    let mut desk = desk.lock().unwrap();
    // With what has to be encoded in an address.
    let code = format!("code/{}+&=", desk.grants.len());
    desk.grants.insert(code.clone(), asked.clone());
    let mut back = form_urlencoded::Serializer::new(String::new());
    back.append_pair("code", &code).append_pair("state", &asked["state"]);
    if who == "apple" {
        return back.finish().into_response();
    }
    (StatusCode::FOUND, [("location", format!("{registered}?{}", back.finish()))]).into_response()
}

async fn token(State(desk): Shared, Path(who): Path<String>, Form(sent): Form<Fields>) -> Response {
    let mischief = desk.lock().unwrap().mischief.clone();
    if matches!(mischief, Some(Mischief::Silence)) {
        std::future::pending::<()>().await;
    }
    let mut desk = desk.lock().unwrap();
    desk.exchanges.push(sent.clone());
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response();
    if !is_client(&desk, &who, &sent["client_secret"]) || sent["client_id"] != "client" {
        return refused("invalid_client");
    }
    let Some(grant) = desk.grants.remove(&sent["code"]) else {
        return refused("invalid_grant");
    };
    let proven = shared::seal::digest(sent["code_verifier"].as_bytes()) == grant["code_challenge"];
    if !proven || sent["redirect_uri"] != grant["redirect_uri"] || sent["grant_type"] != "authorization_code" {
        return refused("invalid_grant");
    }
    let now = desk.clock.now().as_second();
    let mut claims = json!({
        "iss": issuer(&desk, &who).replace("{tenantid}", TENANT), "aud": "client", "exp": now + 600, "iat": now,
        "nonce": grant.get("nonce"),
    });
    claims.as_object_mut().unwrap().extend(desk.person.as_object().unwrap().clone());
    match &mischief {
        Some(Mischief::Claims(wrong)) => claims.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone()),
        Some(Mischief::Status(status)) => return StatusCode::from_u16(*status).unwrap().into_response(),
        Some(Mischief::Body(body)) => return body.clone().into_response(),
        Some(Mischief::Silence) | None => {}
    }
    let id_token = (who != "github").then(|| id_token(&claims, desk.signed));
    Json(json!({"access_token": "an access token", "token_type": "bearer", "id_token": id_token})).into_response()
}

fn is_client(desk: &Desk, who: &str, secret: &str) -> bool {
    if who != "apple" {
        return secret == "s&cret";
    }
    let now = desk.clock.now().as_second();
    team_claims(secret).is_some_and(|claims| {
        let valid = claims["iat"].as_i64().unwrap() <= now && claims["exp"].as_i64().unwrap() > now;
        valid && claims["iss"] == "TEAM" && claims["sub"] == "client" && claims["aud"] == issuer(desk, who)
    })
}

async fn user(State(desk): Shared, headers: HeaderMap) -> Response {
    api(&headers, &desk.lock().unwrap().user)
}

async fn emails(State(desk): Shared, headers: HeaderMap) -> Response {
    api(&headers, &desk.lock().unwrap().emails)
}

fn api(headers: &HeaderMap, answer: &Value) -> Response {
    let known = headers.get("authorization").is_some_and(|value| value == "Bearer an access token");
    let named = headers.contains_key("user-agent");
    if known && named { Json(answer).into_response() } else { StatusCode::UNAUTHORIZED.into_response() }
}
