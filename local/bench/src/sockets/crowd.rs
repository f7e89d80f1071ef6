//! Sockets that hear one thread, and some that speak in it.

use std::time::Instant;

use bench::socketio::{Client, Options};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::report::percentile;
use crate::stage::BoxError;

const PATH: &str = "/chat/v1/socket.io";
/// Sockets that connect at a time, and sends that are on their way at a time.
const AT_ONCE: usize = 16;

/// Connected sockets. The first ones speak, too.
pub(super) struct Crowd(Vec<Client>);

/// How a conversation went.
#[derive(Clone, Copy, Debug)]
pub(super) struct FanOut {
    pub(super) deliveries: usize,
    pub(super) a_second: f64,
    /// From a send to its receipts, in milliseconds.
    pub(super) p50: f64,
    pub(super) p99: f64,
}

impl Crowd {
    /// Connects so many sockets, of these users in turn.
    pub(super) async fn connect(url: &str, tokens: &[String], sockets: usize) -> Result<Self, BoxError> {
        let connecting = tokens.iter().cycle().take(sockets).map(|token| {
            let options = Options::with_token(token);
            async move { Client::connect(url, PATH, options).await }
        });
        Ok(Self(stream::iter(connecting).buffered(AT_ONCE).try_collect().await?))
    }

    /// Has some of them send messages, each when its last one is acknowledged, until everybody has heard all.
    pub(super) async fn converse(self, thread: &str, messages: usize) -> Result<FanOut, BoxError> {
        let started = Instant::now();
        let mut listening = JoinSet::new();
        let mut sending = JoinSet::new();
        for (index, mut client) in self.0.into_iter().enumerate() {
            let speaker = (index < AT_ONCE).then(|| client.speaker());
            listening.spawn(async move {
                let mut delays = Vec::with_capacity(messages);
                while delays.len() < messages {
                    let event = client.next_event().await.ok_or("a socket is gone")?;
                    if event.name == "message:new" {
                        delays.push((started.elapsed().as_secs_f64() - said_at(event.json())?) * 1000.0);
                    }
                }
                Ok::<_, BoxError>((client, delays))
            });
            let Some(speaker) = speaker else { continue };
            let (thread, share) = (thread.to_owned(), messages / AT_ONCE + usize::from(index < messages % AT_ONCE));
            sending.spawn(async move {
                for _ in 0..share {
                    let content = format!("{:.6}", started.elapsed().as_secs_f64());
                    let message = json!({"threadId": thread, "content": content});
                    let answer = speaker.emit_with_ack("message:send", &message).await?;
                    if answer["error"] != Value::Null {
                        return Err::<(), BoxError>(answer["error"].to_string().into());
                    }
                }
                Ok(())
            });
        }
        while let Some(sent) = sending.join_next().await {
            sent??;
        }
        // Nobody leaves before all have heard all.
        let (mut clients, mut delays) = (Vec::new(), Vec::new());
        while let Some(heard) = listening.join_next().await {
            let (client, heard) = heard??;
            clients.push(client);
            delays.extend(heard);
        }
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        let a_second = delays.len() as f64 / started.elapsed().as_secs_f64();
        let (p50, p99) = (percentile(&mut delays, 0.5), percentile(&mut delays, 0.99));
        Ok(FanOut { deliveries: delays.len(), a_second, p50, p99 })
    }
}

/// When a message was sent, which is all that it says.
fn said_at(json: &str) -> Result<f64, BoxError> {
    let (_, rest) = json.split_once("\"content\":\"").ok_or("a message without content")?;
    Ok(rest.split('"').next().unwrap_or_default().parse()?)
}
