//! Connections of which websockets end when it is their turn. Socket.IO closes either all transports at once, or one socket
//! by a packet that its client takes as final; a client whose connection ends comes back by itself.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::timing::Leaving;

/// How the answer begins after which a connection is a websocket's.
const SWITCHING: &[u8] = b"HTTP/1.1 101";

/// A listener that gives such connections.
pub(crate) struct Connections<L> {
    listener: L,
    leaving: Leaving,
}

/// One of them.
pub(crate) struct Connection<I> {
    io: I,
    turn: Pin<Box<dyn Future<Output = ()> + Send>>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Requests of it are answered, as long as they take.
    Http,
    Websocket,
    /// Nothing more is read from it.
    Over,
}

impl<L> Connections<L> {
    pub(crate) fn new(listener: L, leaving: Leaving) -> Self {
        Self { listener, leaving }
    }
}

impl<L: Listener<Addr = SocketAddr>> Listener for Connections<L> {
    type Io = Connection<L::Io>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        let (io, peer) = self.listener.accept().await;
        (Connection { io, turn: Box::pin(self.leaving.turn()), state: State::Http }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Connection<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.state == State::Websocket && self.turn.as_mut().poll(cx).is_ready() {
            self.state = State::Over;
        }
        match self.state {
            // As if the client had closed it.
            State::Over => Poll::Ready(Ok(())),
            State::Http | State::Websocket => Pin::new(&mut self.io).poll_read(cx, buffer),
        }
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Connection<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.state == State::Http && bytes.starts_with(SWITCHING) {
            self.state = State::Websocket;
        }
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
