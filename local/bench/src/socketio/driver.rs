//! The task behind a client: answers pings, numbers acknowledgements, sorts what comes.

use std::collections::HashMap;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::Error;
use super::packet::{self, Event, Packet};

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What the callers' side asks for.
#[derive(Debug)]
pub(super) enum Command {
    Emit { event: String, data: Value, ack: Option<oneshot::Sender<Box<RawValue>>> },
    Close,
}

/// Acknowledgements that are awaited.
#[derive(Debug, Default)]
pub(super) struct Driver {
    acks: HashMap<u64, oneshot::Sender<Box<RawValue>>>,
    last_ack: u64,
}

impl Driver {
    /// The first packet that is `wanted`; pings are answered meanwhile.
    pub(super) async fn expect(stream: &mut Stream, wanted: impl Fn(&Packet) -> bool) -> Result<Packet, Error> {
        loop {
            match receive(stream).await?.ok_or(Error::Closed)? {
                Packet::Ping => send(stream, pong()).await?,
                packet if wanted(&packet) => return Ok(packet),
                _ => {}
            }
        }
    }

    /// Serves both sides until one of them goes.
    pub(super) async fn run(
        mut self,
        mut stream: Stream,
        mut commands: mpsc::UnboundedReceiver<Command>,
        events: mpsc::UnboundedSender<Event>,
    ) {
        loop {
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Emit { event, data, ack }) => {
                        let text = packet::event(&event, &data, ack.map(|ack| self.number(ack)));
                        if send(&mut stream, Message::text(text)).await.is_err() {
                            return;
                        }
                    }
                    Some(Command::Close) | None => break,
                },
                packet = receive(&mut stream) => match packet {
                    Ok(Some(Packet::Ping)) => {
                        if send(&mut stream, pong()).await.is_err() {
                            return;
                        }
                    }
                    Ok(Some(Packet::Event(event))) => {
                        // Whoever no longer listens may still wait for an acknowledgement.
                        let _ = events.send(event);
                    }
                    Ok(Some(Packet::Ack { id, payload })) => {
                        if let Some(ack) = self.acks.remove(&id) {
                            // The caller may have lost patience.
                            let _ = ack.send(payload);
                        }
                    }
                    Ok(Some(Packet::Disconnected | Packet::Close) | None) | Err(_) => break,
                    Ok(Some(_)) => {}
                },
            }
        }
        // The other side may be gone already.
        let _ = stream.close(None).await;
    }

    fn number(&mut self, ack: oneshot::Sender<Box<RawValue>>) -> u64 {
        self.last_ack += 1;
        self.acks.insert(self.last_ack, ack);
        self.last_ack
    }
}

/// The next packet; `None` at the end of the stream.
async fn receive(stream: &mut Stream) -> Result<Option<Packet>, Error> {
    while let Some(message) = stream.next().await {
        match message.map_err(|error| Error::Transport(error.to_string()))? {
            Message::Text(text) => return Packet::parse(&text).map(Some),
            Message::Close(_) => return Ok(None),
            _ => {}
        }
    }
    Ok(None)
}

pub(super) async fn send(stream: &mut Stream, message: Message) -> Result<(), Error> {
    stream.send(message).await.map_err(|error| Error::Transport(error.to_string()))
}

fn pong() -> Message {
    Message::text("3")
}
