//! Requests to providers.

use std::sync::OnceLock;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, Response, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shared::client::http_client;

use super::ProviderFault;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read; the longest are Microsoft's keys, about 20 KB.
const LONGEST_ANSWER: usize = 256 * 1024;
/// The longest `error` of OAuth that is logged.
const LONGEST_ERROR: usize = 40;

/// The client of all providers. It is made with the first request: not every process makes one.
#[derive(Debug, Default)]
pub(super) struct Requests(OnceLock<Client>);

/// What OAuth says of a refusal, also with status 200 (GitHub).
#[derive(Default, Deserialize)]
struct Refusal {
    error: Option<String>,
}

impl Requests {
    /// GET, with an access token where one is needed.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        url: &Url,
        token: Option<&str>,
        what: &'static str,
    ) -> Result<T, ProviderFault> {
        let request = self.client()?.get(url.clone());
        let request = token.into_iter().fold(request, RequestBuilder::bearer_auth);
        send(request, what).await
    }

    /// POST of a form.
    pub(super) async fn post_form<T: DeserializeOwned>(
        &self,
        url: &Url,
        fields: &[(&str, &str)],
        what: &'static str,
    ) -> Result<T, ProviderFault> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client()?.post(url.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        send(request.body(form), what).await
    }

    fn client(&self) -> Result<&Client, ProviderFault> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let client = http_client(PATIENCE).map_err(|_| ProviderFault::NoRequest("there is no HTTP client"))?;
        Ok(self.0.get_or_init(|| client))
    }
}

async fn send<T: DeserializeOwned>(request: RequestBuilder, what: &'static str) -> Result<T, ProviderFault> {
    let answer = request.header(ACCEPT, "application/json").send().await.map_err(no_answer)?;
    let status = answer.status();
    let bytes = read(answer, what).await?;
    if let Some(error) = serde_json::from_slice::<Refusal>(&bytes).unwrap_or_default().error {
        return Err(ProviderFault::Refused { status: status.as_u16(), error: loggable(&error) });
    }
    if !status.is_success() {
        return Err(ProviderFault::Refused { status: status.as_u16(), error: String::new() });
    }
    // Serde's message may quote a token.
    serde_json::from_slice(&bytes).map_err(|_| ProviderFault::Unreadable(what))
}

async fn read(mut answer: Response, what: &'static str) -> Result<Vec<u8>, ProviderFault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(no_answer)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            return Err(ProviderFault::Unreadable(what));
        }
    }
    Ok(bytes)
}

fn no_answer(error: reqwest::Error) -> ProviderFault {
    ProviderFault::NoAnswer(error.without_url())
}

/// An `error` of OAuth is a word; anything else is not for the log.
fn loggable(error: &str) -> String {
    let is_word = error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_word && error.len() <= LONGEST_ERROR { error.to_owned() } else { "?".to_owned() }
}
