use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Edge;

/// How long requests that are under way may take to end after the stop signal.
const GRACE: Duration = Duration::from_secs(2);

/// Answers requests until `stop`.
pub(crate) async fn serve(listener: TcpListener, edge: Arc<Edge>, stop: CancellationToken) {
    let server = Builder::new(TokioExecutor::new()).http1_only();
    let connections = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                }
            },
        };
        let edge = Arc::clone(&edge);
        let service = service_fn(move |request| {
            let edge = Arc::clone(&edge);
            async move { edge.answer(request).await }
        });
        let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // A client that went away, or a connection dropped on request.
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way at shutdown");
    }
}
