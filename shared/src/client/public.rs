//! A client of servers that tenants name: nothing but the public internet can be reached with it.

use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::RETRY_AFTER;
use jiff::SignedDuration;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url};

use super::addresses::is_public;
use super::{build, builder};
use crate::config::{ConfigError, Env};

/// Lets everything be reached, by `http`, too. Refused on deployed stages.
const SWITCH: &str = "DANGEROUS_ALLOW_PRIVATE_WEBHOOKS";
/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a name may take while somebody waits.
const LOOKING_UP: Duration = Duration::from_secs(2);
/// Ports that can be reached.
const PORTS: [u16; 2] = [443, 8443];
/// Bytes of an address.
const LONGEST: usize = 2048;

/// Finds the addresses of a name.
type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Sends requests to servers that tenants name: by https on port 443 or 8443, without redirects and proxies, in ten
/// seconds. A name is looked up anew for each request; all its addresses must be public, and one of them is used.
#[derive(Clone)]
pub struct PublicClient {
    client: Client,
    lookup: Lookup,
    only_public: bool,
}

impl std::fmt::Debug for PublicClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicClient").field("only_public", &self.only_public).finish_non_exhaustive()
    }
}

/// What a server has answered; its body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Of HTTP.
    pub status: u16,
    /// When it wants to be asked again.
    pub retry_after: Option<SignedDuration>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The address is none that may be reached.
    #[error("the address is not one of the public internet")]
    Refused,
    /// Nobody could be reached there.
    #[error("nobody could be reached")]
    NotReached,
    /// Nobody answered in ten seconds.
    #[error("there was no answer in time")]
    TimedOut,
    /// The answer was none, or did not come.
    #[error("there was no answer")]
    NoAnswer,
}

impl PublicClient {
    /// A client for the process; with `DANGEROUS_ALLOW_PRIVATE_WEBHOOKS=true`, one that reaches everything.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let only_public = !env.parse_or(SWITCH, false)?;
        Self::new(only_public, Arc::new(|name| look_up(name).boxed()))
    }

    fn new(only_public: bool, lookup: Lookup) -> Result<Self, ConfigError> {
        let resolver = Guarded { lookup: lookup.clone(), only_public };
        // A connection that is kept would go to an address that was looked up before.
        let builder = builder(PATIENCE).pool_max_idle_per_host(0).dns_resolver(Arc::new(resolver));
        Ok(Self { client: build(builder)?, lookup, only_public })
    }

    /// Reads an address that may be sent to.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn target(&self, text: &str) -> Result<Url, &'static str> {
        let url: Url = text.parse().map_err(|_| "must be an absolute URL")?;
        if text.len() > LONGEST {
            return Err("must be at most 2048 bytes");
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("must have no user, password or fragment");
        }
        let is_allowed = |port| PORTS.contains(&port);
        if self.only_public && (url.scheme() != "https" || !url.port_or_known_default().is_some_and(is_allowed)) {
            return Err("must begin with https:// and have port 443 or 8443");
        }
        if !["http", "https"].contains(&url.scheme()) || !url.has_host() {
            return Err("must begin with https://");
        }
        if self.only_public && literal(&url).is_some_and(|address| !is_public(address)) {
            return Err("must have an address of the public internet");
        }
        Ok(url)
    }

    /// Whether a name leads to what may be reached, as far as can be told now: one that is not known may be, later.
    pub async fn may_reach(&self, url: &Url) -> bool {
        let Some(name) = url.host_str().filter(|_| self.only_public && literal(url).is_none()) else { return true };
        let found = tokio::time::timeout(LOOKING_UP, (self.lookup)(name.to_owned())).await;
        !matches!(found, Ok(Ok(addresses)) if addresses.iter().any(|address| !is_public(address.ip())))
    }

    /// Posts `body`.
    pub async fn post(&self, url: &str, headers: &[(&'static str, String)], body: String) -> Result<Answer, NotSent> {
        let url = self.target(url).map_err(|_| NotSent::Refused)?;
        let request = self.client.post(url).header(http::header::CONTENT_TYPE, "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let answer = request.body(body).send().await.map_err(|error| not_sent(&error))?;
        let after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok());
        let retry_after = after.map(|seconds| SignedDuration::from_secs(seconds.into()));
        Ok(Answer { status: answer.status().as_u16(), retry_after })
    }
}

/// The address that stands in place of a name.
fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn not_sent(error: &reqwest::Error) -> NotSent {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(NotSent::Refused) = error.downcast_ref() {
            return NotSent::Refused;
        }
        cause = error.source();
    }
    match error {
        error if error.is_timeout() => NotSent::TimedOut,
        error if error.is_connect() => NotSent::NotReached,
        _ => NotSent::NoAnswer,
    }
}

async fn look_up(name: String) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

/// Names' addresses, if all may be reached.
struct Guarded {
    lookup: Lookup,
    only_public: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, only_public) = ((self.lookup)(name.as_str().to_owned()), self.only_public);
        Box::pin(async move {
            let found = found.await?;
            if only_public && found.iter().any(|address| !is_public(address.ip())) {
                return Err(NotSent::Refused.into());
            }
            // Nobody's second one is tried: it might be another one by then.
            let one: Addrs =
                if only_public { Box::new(found.into_iter().take(1)) } else { Box::new(found.into_iter()) };
            Ok(one)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(only_public: bool, addresses: &'static [&'static str]) -> PublicClient {
        let found: Vec<SocketAddr> = addresses.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
        PublicClient::new(only_public, Arc::new(move |_| futures_util::future::ready(Ok(found.clone())).boxed()))
            .unwrap()
    }

    #[test]
    fn only_addresses_of_the_internet_are_targets() {
        let client = client(true, &[]);
        for good in
            ["https://example.com/hook?a=b", "https://example.com:8443/", "https://8.8.8.8/", "https://[2600::1]/"]
        {
            assert!(client.target(good).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "/hook",
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "https://example.com:80/",
            "https://example.com:22/",
            "https://user@example.com/",
            "https://:secret@example.com/",
            "https://example.com/#x",
            "https://127.0.0.1/",
            // As browsers read them, these are 127.0.0.1.
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://１２７.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[fd00:ec2::254]/",
        ] {
            assert!(client.target(wrong).is_err(), "{wrong}");
        }
        let long = format!("https://example.com/{}", "x".repeat(LONGEST));
        assert!(client.target(&long).is_err());
    }

    #[tokio::test]
    async fn a_name_whose_addresses_are_not_all_public_is_not_connected_to() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        for addresses in [&["127.0.0.1"][..], &["8.8.8.8", "127.0.0.1"], &["2600::1", "::ffff:127.0.0.1"]] {
            let client = client(true, addresses);
            let url = client.target("https://rebound.example:8443/").unwrap();
            assert!(!client.may_reach(&url).await, "{addresses:?}");
            assert_eq!(client.post(url.as_str(), &[], String::new()).await, Err(NotSent::Refused), "{addresses:?}");
        }
        // What was allowed at first, or came into the store another way, is looked at again.
        let port = listener.local_addr().unwrap().port();
        let literal = format!("https://127.0.0.1:{port}/");
        assert_eq!(client(true, &[]).post(&literal, &[], String::new()).await, Err(NotSent::Refused));
        assert!(listener.accept().now_or_never().is_none());
        assert!(client(true, &["8.8.8.8"]).may_reach(&"https://example.com/".parse().unwrap()).await);
    }

    #[tokio::test]
    async fn a_name_is_looked_up_for_each_request_and_one_address_used() {
        let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = count.clone();
        let guarded = Guarded {
            lookup: Arc::new(move |_| {
                counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                futures_util::future::ready(Ok(vec!["8.8.8.8:0".parse().unwrap(), "9.9.9.9:0".parse().unwrap()]))
                    .boxed()
            }),
            only_public: true,
        };
        for _ in 0..2 {
            let name: Name = "example.com".parse().unwrap();
            let found: Vec<SocketAddr> = guarded.resolve(name).await.unwrap().collect();
            assert_eq!(found, ["8.8.8.8:0".parse().unwrap()]);
        }
        assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_like_any_other() {
        let app = axum::Router::new().fallback(|| async {
            (http::StatusCode::FOUND, [("location", "http://169.254.169.254/"), ("retry-after", "7")])
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let answer = client(false, &["127.0.0.1"]).post(&url, &[], "{}".to_owned()).await.unwrap();
        assert_eq!(answer, Answer { status: 302, retry_after: Some(SignedDuration::from_secs(7)) });
        server.abort();
    }
}
