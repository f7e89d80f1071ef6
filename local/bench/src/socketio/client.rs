//! The client's side that callers hold.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};

use super::Error;
use super::driver::{Command, Driver, send};
use super::packet::{self, Event, Packet};

/// Until a connection stands, or an acknowledgement has come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How to connect.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the handshake says as `auth`; null says nothing.
    pub auth: Value,
    headers: HeaderMap,
    query: String,
}

impl Options {
    /// A handshake with `auth: {token}`.
    #[must_use]
    pub fn with_token(token: &str) -> Self {
        Self { auth: serde_json::json!({ "token": token }), ..Self::default() }
    }

    /// Sends a header with the upgrade request.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let name: HeaderName = name.parse().map_err(|_| Error::Request(name.to_owned()))?;
        let value = HeaderValue::from_str(value).map_err(|_| Error::Request(value.to_owned()))?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Adds `name=value` to the query of the upgrade request.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query = format!("{}&{name}={value}", self.query);
        self
    }
}

/// What emits on a client's connection.
#[derive(Clone, Debug)]
pub struct Speaker {
    commands: mpsc::UnboundedSender<Command>,
}

/// A connected client. Dropping it closes the connection.
#[derive(Debug)]
pub struct Client {
    id: String,
    speaker: Speaker,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Client {
    /// Connects to `http://host:port` and the path that the server has, `/chat/v1/socket.io`.
    ///
    /// # Errors
    /// [`Error::Refused`] with the message of a `connect_error`, [`Error::NotUpgraded`] with an HTTP status.
    pub async fn connect(base_url: &str, path: &str, options: Options) -> Result<Self, Error> {
        let connecting = Self::connect_at_once(base_url, path, options);
        tokio::time::timeout(PATIENCE, connecting).await.map_err(|_| Error::Timeout)?
    }

    async fn connect_at_once(base_url: &str, path: &str, options: Options) -> Result<Self, Error> {
        let Options { auth, headers, query } = options;
        let address = base_url.replacen("http", "ws", 1) + path + "/?EIO=4&transport=websocket" + &query;
        let mut request = address.as_str().into_client_request().map_err(|error| Error::Request(error.to_string()))?;
        request.headers_mut().extend(headers);
        let (mut stream, _) = connect_async(request).await.map_err(|error| match error {
            tungstenite::Error::Http(response) => Error::NotUpgraded(response.status().as_u16()),
            other => Error::Transport(other.to_string()),
        })?;
        Driver::expect(&mut stream, |packet| matches!(packet, Packet::Open)).await?;
        let hello = if auth.is_null() { "40".to_owned() } else { packet::connect(&auth) };
        send(&mut stream, Message::text(hello)).await?;
        let welcome = |packet: &Packet| matches!(packet, Packet::Connected { .. } | Packet::Refused { .. });
        let id = match Driver::expect(&mut stream, welcome).await? {
            Packet::Connected { id } => id,
            Packet::Refused { message } => return Err(Error::Refused(message)),
            other => return Err(Error::Protocol(format!("{other:?}"))),
        };
        let (commands, incoming) = mpsc::unbounded_channel();
        let (outgoing, events) = mpsc::unbounded_channel();
        tokio::spawn(Driver::default().run(stream, incoming, outgoing));
        Ok(Self { id, speaker: Speaker { commands }, events })
    }

    /// The socket's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Emits an event without waiting for anything.
    pub fn emit(&self, event: &str, data: &Value) -> Result<(), Error> {
        self.speaker.emit(event, data)
    }

    /// Emits an event and gives the first argument of its acknowledgement, as [`Speaker::emit_with_ack`].
    pub fn emit_with_ack(&self, event: &str, data: &Value) -> impl Future<Output = Result<Value, Error>> + use<> {
        self.speaker.emit_with_ack(event, data)
    }

    /// Another hand that emits, while this one hears.
    #[must_use]
    pub fn speaker(&self) -> Speaker {
        self.speaker.clone()
    }

    /// The next event; `None` once the connection is closed, by whomever.
    pub async fn next_event(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// The next event if it has come already.
    pub fn try_next_event(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Leaves, and waits until the connection is closed.
    pub async fn close(mut self) {
        // A connection that is closed already needs no command.
        let _ = self.speaker.commands.send(Command::Close);
        while self.events.recv().await.is_some() {}
    }
}

impl Speaker {
    /// Emits an event without waiting for anything.
    pub fn emit(&self, event: &str, data: &Value) -> Result<(), Error> {
        let command = Command::Emit { event: event.to_owned(), data: data.clone(), ack: None };
        self.commands.send(command).map_err(|_| Error::Closed)
    }

    /// Emits an event and gives the first argument of its acknowledgement. The event is on its way
    /// when this returns; the answer is awaited by awaiting what it returns.
    pub fn emit_with_ack(&self, event: &str, data: &Value) -> impl Future<Output = Result<Value, Error>> + use<> {
        let (ack, answer) = oneshot::channel();
        let command = Command::Emit { event: event.to_owned(), data: data.clone(), ack: Some(ack) };
        let sent = self.commands.send(command).map_err(|_| Error::Closed);
        async move {
            sent?;
            let answer = tokio::time::timeout(PATIENCE, answer).await.map_err(|_| Error::Timeout)?;
            let payload = answer.map_err(|_| Error::Closed)?;
            serde_json::from_str(payload.get()).map_err(|error| Error::Protocol(error.to_string()))
        }
    }
}
