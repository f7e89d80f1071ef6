//! Posts what is pending to the subscriptions' addresses.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::outbox::{self, Pending};
use super::{Sns, SnsDelivery, envelope};
use crate::Error;
use crate::clock::machine_ms;

/// How long a subscriber may take to answer, as with SNS.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long to wait when not even the store answers.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Why a delivery is to be tried again.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    #[error("{0} is no address that can be posted to; only http:// is")]
    Address(String),
    #[error("no connection: {0}")]
    Connect(#[from] std::io::Error),
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
    #[error("not a request: {0}")]
    Request(#[from] http::Error),
    #[error("no answer in {} s", PATIENCE.as_secs())]
    Timeout(#[from] tokio::time::error::Elapsed),
    #[error("answered {0}")]
    Refused(http::StatusCode),
    #[error("{0}")]
    Own(#[from] Error),
}

impl Sns {
    /// Delivers one after the other until `stop`.
    pub(crate) async fn deliver(&self, stop: CancellationToken) {
        if !self.subscriptions.is_empty() {
            stop.run_until_cancelled(self.deliver_all()).await;
        }
    }

    async fn deliver_all(&self) {
        loop {
            // Listening before looking: what arrives in between must not be missed.
            let arrived = self.arrival.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();

            match self.deliver_next().await {
                // Either end of the wait is a reason to look again.
                Ok(pause) => drop(tokio::time::timeout(pause, arrived).await),
                Err(error) => {
                    tracing::error!(%error, "the store of deliveries failed");
                    tokio::time::sleep(STORE_PAUSE).await;
                }
            }
        }
    }

    /// Tries what is due; says how long there is nothing more to do.
    async fn deliver_next(&self) -> Result<Duration, Error> {
        loop {
            let next = self.sqlite.transaction(|connection| Ok::<_, Error>(outbox::next(connection)?)).await?;
            let Some(next) = next else {
                return Ok(Duration::MAX);
            };
            let early = next.retry_at - machine_ms();
            if let Ok(early @ 1..) = u64::try_from(early) {
                return Ok(Duration::from_millis(early));
            }
            self.attempt(next).await?;
        }
    }

    async fn attempt(&self, pending: Pending) -> Result<(), Error> {
        let pending = Arc::new(pending);
        let posted = tokio::time::timeout(PATIENCE, self.post(&pending)).await;
        let result = posted.map_err(Undelivered::from).flatten();
        let (id, kind, endpoint) = (pending.id, pending.kind.name(), pending.endpoint.clone());
        let Err(error) = result else {
            tracing::debug!(id, kind, endpoint, "delivered");
            return self.acknowledge(id).await;
        };
        let is_put_off = self
            .sqlite
            .transaction(move |connection| Ok::<_, Error>(pending.has_failed(connection, machine_ms())?))
            .await?;
        if is_put_off {
            tracing::debug!(id, kind, endpoint, %error, "could not deliver yet");
        } else {
            tracing::warn!(id, kind, endpoint, %error, "gave a delivery up");
        }
        Ok(())
    }

    async fn post(&self, pending: &Arc<Pending>) -> Result<(), Undelivered> {
        let address = || Undelivered::Address(pending.endpoint.clone());
        let uri: Uri = pending.endpoint.parse().map_err(|_| address())?;
        let (Some("http"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(address());
        };
        let host = authority.host().trim_matches(['[', ']']);
        let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
        // Only now: an address where nobody listens needs no signature, and so no key.
        let SnsDelivery { headers, body, .. } = self.signed(Arc::clone(pending)).await?;

        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        let mut request = Request::builder().method(Method::POST).uri(path).header(header::HOST, authority.as_str());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = sender.send_request(request.body(Full::new(Bytes::from(body)))?).await;
        let status = answer.map(|it| it.status());
        connection.abort();
        match status? {
            status if status.is_success() => Ok(()),
            status => Err(Undelivered::Refused(status)),
        }
    }

    async fn signed(&self, pending: Arc<Pending>) -> Result<SnsDelivery, Error> {
        let (endpoint, signer) = (self.endpoint.clone(), Arc::clone(&self.signer));
        tokio::task::spawn_blocking(move || envelope::request(&pending, &endpoint, &signer)).await?
    }
}
