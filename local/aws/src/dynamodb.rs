use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use dynoxide::Database;
use http::{HeaderMap, Method, Request, Uri, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::Error;

/// How often expired items are collected. AWS promises a few days; a minute keeps local data small.
const SWEEP_PERIOD: Duration = Duration::from_mins(1);

/// dynoxide behind a loopback port of its own.
///
/// It runs its SQLite calls on the thread that reads the request, so it gets a thread of its own
/// and the edge forwards to it over kept-alive connections.
pub(crate) struct DynamoDb {
    database: Database,
    upstream: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// The thread that dynoxide runs on. Dropping it stops dynoxide; [`stop`](Self::stop) waits.
pub(crate) struct Server {
    stop: DropGuard,
    thread: JoinHandle<()>,
}

impl Server {
    /// Lets requests under way end, then stops.
    pub(crate) async fn stop(self) -> Result<(), Error> {
        drop(self.stop);
        let joined = tokio::task::spawn_blocking(move || self.thread.join()).await?;
        joined.map_err(|_| Error::DynamoDb("its thread panicked".to_owned()))
    }
}

impl DynamoDb {
    /// Opens the database, in memory if there is no directory, and serves it.
    pub(crate) fn start(directory: Option<&Path>) -> Result<(Self, Server), Error> {
        let database = match directory {
            Some(directory) => {
                let file = directory.join("dynamodb.sqlite");
                Database::new(&file.to_string_lossy())
            }
            None => Database::memory(),
        }
        .map_err(|error| Error::DynamoDb(error.to_string()))?;

        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::io("starting the runtime of dynamodb"))?;
        let listener = {
            let _context = runtime.enter();
            loopback_listener(0)
        }
        .map_err(Error::io("opening the inner port of dynamodb"))?;
        let address = listener.local_addr().map_err(Error::io("reading the inner port of dynamodb"))?;

        let stop = CancellationToken::new();
        let (served, stopped) = (database.clone(), stop.clone());
        let thread = std::thread::Builder::new()
            .name("dynamodb".to_owned())
            .spawn(move || {
                runtime.block_on(serve(listener, served, stopped));
                runtime.shutdown_background();
            })
            .map_err(Error::io("starting the thread of dynamodb"))?;

        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let this = Self {
            database,
            upstream: upstream(address)?,
            client: Client::builder(TokioExecutor::new()).build(connector),
        };
        Ok((this, Server { stop: stop.drop_guard(), thread }))
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Hands one request on, body unread.
    pub(crate) async fn forward(
        &self,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<http::Response<Incoming>, hyper_util::client::legacy::Error> {
        // The client writes its own, for the inner port and for the body it is given.
        headers.remove(header::HOST);
        headers.remove(header::TRANSFER_ENCODING);
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.upstream.clone();
        *request.headers_mut() = headers;
        self.client.request(request).await
    }
}

/// Binds loopback with `TCP_NODELAY`, which Linux hands on to accepted connections: dynoxide does
/// not set it, and an answer of several segments would wait for a delayed acknowledgement.
pub(crate) fn loopback_listener(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_nodelay(true)?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], port)))?;
    socket.listen(1024)
}

fn upstream(address: SocketAddr) -> Result<Uri, Error> {
    format!("http://{address}/").parse().map_err(|error: http::uri::InvalidUri| Error::DynamoDb(error.to_string()))
}

async fn serve(listener: TcpListener, database: Database, stop: CancellationToken) {
    let sweeper = tokio::spawn(sweep_periodically(database.clone(), stop.clone()));
    let served = dynoxide::server::serve_with_shutdown(listener, database, stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!(error, "dynamodb stopped serving");
    }
    if let Err(error) = sweeper.await {
        tracing::error!(%error, "the sweep of expired items died");
    }
}

async fn sweep_periodically(database: Database, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP_PERIOD) => {}
        }
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(deleted)) => tracing::debug!(deleted, "swept expired items"),
            Ok(Err(error)) => tracing::warn!(%error, "could not sweep expired items"),
            Err(error) => tracing::warn!(%error, "the sweep of expired items died"),
        }
    }
}
