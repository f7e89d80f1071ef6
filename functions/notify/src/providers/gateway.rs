//! Any other provider, by a signed HTTP request (Standard Webhooks).
//!
//! ```text
//! POST <url>                        {"id", "channel", "category", "to", "content": {…}, "unsubscribe"?, "attachments"?}
//! 2xx {"id": "its id of it"}        taken; without an id ours counts
//! 429, Retry-After: 30              later
//! 400, 402, 405 and above           never
//! 5xx                               not taken, may work later
//! ```
//!
//! `webhook-id` is the same for each try of one message, so that a gateway can drop a repetition.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::StatusCode;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use jiff::SignedDuration;
use reqwest::{Client, Response, Url};
use serde::{Deserialize, Serialize};
use shared::client::http_client;
use shared::clock::Clock;
use shared::config::{ConfigError, Env, Stage};
use shared::webhooks::WebhookKey;

use super::{File, Letter, Provider, SendError, is_safe};
use crate::kinds::{Category, Channel};
use crate::rendering::Content;

const VARIABLE: &str = "GATEWAYS";
/// How long a gateway may take for one message: who gives up too early sends twice.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const LARGEST_ANSWER: usize = 64 * 1024;
/// How long a limit takes to pass when the gateway gives no hint.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// The longest pause that a gateway may ask for.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// The most a gateway's id of a message may be, in bytes.
const LONGEST_ID: usize = 200;

/// One gateway's settings.
pub(crate) struct Settings {
    pub(crate) name: String,
    url: Url,
    key: WebhookKey,
    /// What its events are signed with: one key, or two while they are exchanged.
    pub(crate) event_keys: Vec<WebhookKey>,
    pub(super) channels: Vec<Channel>,
    pub(super) first: bool,
}

/// A gateway as it stands in the configuration.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    name: String,
    url: String,
    secret: String,
    #[serde(default)]
    event_secrets: Vec<String>,
    channels: Vec<Channel>,
    #[serde(default)]
    first: bool,
}

/// All configured gateways.
#[derive(Clone, Default)]
pub(crate) struct Gateways(Vec<Arc<Settings>>);

impl Gateways {
    /// Reads `GATEWAYS`, a list in JSON; empty if it is not set.
    pub(crate) fn from_env(env: &Env, stage: Stage) -> Result<Self, ConfigError> {
        let Some(text) = env.get(VARIABLE) else {
            return Ok(Self::default());
        };
        let wrong = |problem: String| ConfigError::new(VARIABLE, problem);
        let written: Vec<Written> = serde_json::from_str(text).map_err(|error| {
            wrong(format!("is no list of gateways: line {} column {}", error.line(), error.column()))
        })?;
        let mut gateways: Vec<Arc<Settings>> = Vec::with_capacity(written.len());
        for written in written {
            let name = written.name.clone();
            let settings = written.settings(stage).map_err(|problem| wrong(format!("`{name}`: {problem}")))?;
            if gateways.iter().any(|other| other.name == settings.name) {
                return Err(wrong(format!("`{name}` is there twice")));
            }
            gateways.push(Arc::new(settings));
        }
        Ok(Self(gateways))
    }

    /// Each of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Settings>> {
        self.0.iter()
    }

    /// The one with this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Settings> {
        self.0.iter().find(|gateway| gateway.name == name).map(AsRef::as_ref)
    }
}

impl Written {
    fn settings(self, stage: Stage) -> Result<Settings, &'static str> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=32).contains(&self.name.len()) && self.name.bytes().all(letter);
        if !fits || ["ses", "sns", "inbox"].contains(&self.name.as_str()) {
            return Err("its name must be 1 to 32 of a-z, 0-9 and -, and not ses, sns or inbox");
        }
        let url: Url = self.url.parse().map_err(|_| "its url is none")?;
        if !is_safe(&url, stage) {
            return Err("its url must begin with https:// and hold no password");
        }
        if self.channels.is_empty() || self.channels.contains(&Channel::Inapp) || self.channels.contains(&Channel::Push)
        {
            return Err("its channels must be some of email, sms and whatsapp");
        }
        let key =
            |text: &String| WebhookKey::parse(text).ok_or("its secrets must be like whsec_<24 to 64 bytes, base64>");
        if self.event_secrets.len() > 2 {
            return Err("it has at most two eventSecrets");
        }
        Ok(Settings {
            name: self.name,
            url,
            key: key(&self.secret)?,
            event_keys: self.event_secrets.iter().map(key).collect::<Result<_, _>>()?,
            channels: self.channels,
            first: self.first,
        })
    }
}

/// Sends by one gateway.
pub(super) struct Gateway {
    settings: Arc<Settings>,
    client: Client,
    clock: Clock,
}

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    channel: Channel,
    category: Category,
    to: &'a str,
    content: &'a Content,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribe: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<BodyFile<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BodyFile<'a> {
    name: &'a str,
    content_type: &'a str,
    /// In base64.
    content: String,
}

/// What is read of an answer.
#[derive(Default, Deserialize)]
struct Taken {
    id: Option<String>,
}

impl<'a> BodyFile<'a> {
    fn new(file: &'a File) -> Self {
        Self { name: &file.name, content_type: &file.content_type, content: STANDARD.encode(&file.bytes) }
    }
}

impl Gateway {
    pub(super) fn new(settings: Arc<Settings>, clock: Clock) -> Result<Self, ConfigError> {
        Ok(Self { settings, client: http_client(PATIENCE)?, clock })
    }

    async fn hand_over(&self, letter: &Letter) -> Result<String, SendError> {
        let not_sent = || SendError::Temporary("NOT_SENT".to_owned());
        let body = Body {
            id: &letter.id,
            channel: letter.channel,
            category: letter.category,
            to: &letter.address,
            content: &letter.content,
            unsubscribe: letter.unsubscribe.as_deref(),
            attachments: letter.files.iter().map(BodyFile::new).collect(),
        };
        let body = serde_json::to_string(&body).map_err(|_| not_sent())?;
        let signed = self.settings.key.sign(&letter.id, self.clock.now(), &body).map_err(|_| not_sent())?;
        let request = self.client.post(self.settings.url.clone()).header(CONTENT_TYPE, "application/json");
        let request = signed.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = request.body(body).send().await;
        let answer = answer.map_err(|error| if error.is_connect() { not_sent() } else { no_answer() })?;
        match answer.status() {
            StatusCode::TOO_MANY_REQUESTS => Err(SendError::Throttled { after: pause(&answer) }),
            status if status.is_success() => Ok(taken(answer).await.unwrap_or_else(|| letter.id.clone())),
            // A secret or an address that is not right (any more) is ours to put right.
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_EARLY => Err(SendError::Temporary(format!("HTTP_{}", answer.status().as_u16()))),
            status if status.is_client_error() => Err(SendError::Permanent(format!("HTTP_{}", status.as_u16()))),
            // Between it and us, and whoever says so does not know either.
            StatusCode::GATEWAY_TIMEOUT => Err(no_answer()),
            status => Err(SendError::Temporary(format!("HTTP_{}", status.as_u16()))),
        }
    }
}

impl Provider for Gateway {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<String, SendError>> {
        self.hand_over(letter).boxed()
    }
}

fn no_answer() -> SendError {
    SendError::Unknown("NO_ANSWER".to_owned())
}

fn pause(answer: &Response) -> SignedDuration {
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok());
    seconds.map_or(PAUSE, |seconds| SignedDuration::from_secs(seconds.into())).clamp(PAUSE, LONGEST_PAUSE)
}

/// The gateway's id of the message; an answer that cannot be read has none.
async fn taken(mut answer: Response) -> Option<String> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST_ANSWER {
            return None;
        }
    }
    let fits = |id: &String| (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    serde_json::from_slice::<Taken>(&bytes).unwrap_or_default().id.filter(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, stage: Stage) -> Result<Gateways, String> {
        let env = [(VARIABLE.to_owned(), json.to_owned())].into_iter().collect();
        Gateways::from_env(&env, stage).map_err(|error| error.problem)
    }

    fn one(changes: serde_json::Value) -> String {
        let mut gateway = serde_json::json!({
            "name": "acme", "url": "https://acme.example/send", "channels": ["whatsapp"],
            "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        });
        if let serde_json::Value::Object(changes) = changes {
            gateway.as_object_mut().unwrap().extend(changes);
        }
        serde_json::json!([gateway]).to_string()
    }

    #[test]
    fn wrong_settings_are_refused_without_being_quoted() {
        use serde_json::json;
        assert!(read(&one(json!({})), Stage::Deployed).unwrap().named("acme").is_some());
        assert!(read(&one(json!({"url": "http://127.0.0.1:1/"})), Stage::Local).is_ok());
        for wrong in [
            json!({"url": "http://acme.example/"}),
            json!({"url": "https://user:secret@acme.example/"}),
            json!({"url": "secret"}),
            json!({"name": "SES secret"}),
            json!({"name": "ses"}),
            json!({"channels": []}),
            json!({"channels": ["inapp"]}),
            json!({"secret": "secret"}),
            json!({"eventSecrets": ["secret"]}),
            json!({"eventSecret": "secret"}),
        ] {
            let problem = read(&one(wrong.clone()), Stage::Deployed).err().unwrap();
            assert!(!problem.contains("secret@") && !problem.contains("\"secret\""), "{wrong}: {problem}");
        }
    }
}
