//! The entry point of a long-lived binary: serves until it is told to stop, then drains.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::{Listener, ListenerExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::http::behind_load_balancer;

/// How long open requests may take after the signal; ECS kills after `stopTimeout`.
const DRAIN: Duration = Duration::from_secs(25);

/// A token that is cancelled by SIGTERM or SIGINT.
#[must_use]
pub fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let signalled = stop.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping");
        signalled.cancel();
    });
    stop
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be caught; only SIGINT stops this process cleanly");
            // Without either signal the process runs until it is killed.
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

/// How long a peer may read nothing of what it is sent. Without this, a socket that is held open unread keeps what waits for
/// it in memory.
#[cfg(target_os = "linux")]
const UNREAD: Duration = Duration::from_mins(1);

/// Linux alone ends such a connection; elsewhere this runs on developers' machines only.
#[cfg(target_os = "linux")]
fn bound_unread(connection: &TcpStream) {
    if let Err(error) = socket2::SockRef::from(connection).set_tcp_user_timeout(Some(UNREAD)) {
        tracing::debug!(%error, "a connection may stay unread");
    }
}

#[cfg(not(target_os = "linux"))]
fn bound_unread(_: &TcpStream) {}

/// A listener whose connections end when their peer reads nothing for a minute.
pub fn bounded(listener: TcpListener) -> impl Listener<Io = TcpStream, Addr = SocketAddr> {
    listener.tap_io(|connection| bound_unread(connection))
}

/// Serves `router` until `stop` is cancelled, then lets open requests finish.
///
/// `trusted_proxy` says that a load balancer of ours stands in front and appends the client's
/// address to `x-forwarded-for`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    trusted_proxy: bool,
    stop: CancellationToken,
) -> std::io::Result<()> {
    serve_on(bounded(listener), router, trusted_proxy, stop).await
}

/// The same on any connections.
pub async fn serve_on(
    listener: impl Listener<Addr = SocketAddr>,
    router: Router,
    trusted_proxy: bool,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let router = if trusted_proxy { behind_load_balancer(router) } else { router };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // Only axum's own listeners tell handlers of the peer.
    let listener = listener.tap_io(|_| ());
    let drained = stop.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
    tokio::select! {
        result = server => result,
        () = async { drained.cancelled().await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!("requests were still open at the end of the drain time");
            Ok(())
        }
    }
}
