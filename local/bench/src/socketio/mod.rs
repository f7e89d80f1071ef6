//! A small Socket.IO client (protocol 5 on Engine.IO 4), by websocket and in the default namespace.
//!
//! It is light, so that a measured server and not its client is what is busy.

mod client;
mod driver;
mod packet;

pub use client::{Client, Options, Speaker};
pub use packet::Event;

/// Why a client could not connect, or could not send.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address or a header is none.
    #[error("not an address or a header: {0}")]
    Request(String),
    /// The server answered the upgrade with another status than 101.
    #[error("the server answered {0} instead of opening a websocket")]
    NotUpgraded(u16),
    /// The server's `connect_error` with its message.
    #[error("connect_error: {0}")]
    Refused(String),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Transport(String),
    /// The server sent what is no packet.
    #[error("not a packet: {0}")]
    Protocol(String),
    /// The server did not answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection is closed.
    #[error("the connection is closed")]
    Closed,
}
