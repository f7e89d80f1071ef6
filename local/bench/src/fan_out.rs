//! From a message sent by HTTP to its receipt on 200 sockets of its thread.

use std::time::Instant;

use bench::socketio::{Client, Options};
use serde_json::json;
use tokio::sync::mpsc;

use crate::report::percentile;
use crate::stage::{BoxError, Member, Stage};

const MEMBERS: usize = 10;
const SOCKETS_EACH: usize = 20;
const MESSAGES: usize = 50;

pub(crate) async fn measure() -> Result<(), BoxError> {
    let stage = Stage::start().await?;
    let mut members = Vec::new();
    for index in 0..MEMBERS {
        members.push(stage.member(&format!("user{index}")).await?);
    }
    let [owner, others @ ..] = members.as_slice() else { return Err("no members".into()) };
    let ids: Vec<_> = others.iter().map(|member| member.account.id.0).collect();
    let thread = stage.thread(owner, &ids).await?;
    let (receipts, mut received) = mpsc::unbounded_channel();
    for member in &members {
        for _ in 0..SOCKETS_EACH {
            listen(&stage, member, receipts.clone()).await?;
        }
    }
    let mut delays = Vec::new();
    let started = Instant::now();
    for _ in 0..MESSAGES {
        let sent = Instant::now();
        let body = json!({"threadId": thread, "content": "to everybody", "type": "text"});
        let url = format!("http://{}/chat/v1/messages", stage.chat);
        stage.http.post(url).bearer_auth(&owner.token).json(&body).send().await?.error_for_status()?;
        for _ in 0..MEMBERS * SOCKETS_EACH {
            let at: Instant = received.recv().await.ok_or("the sockets are gone")?;
            delays.push(at.duration_since(sent).as_secs_f64() * 1000.0);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let per_second = delays.len() as f64 / started.elapsed().as_secs_f64();
    let (p50, p99) = (percentile(&mut delays, 0.5), percentile(&mut delays, 0.99));
    println!(
        "message to {} sockets: p50 {p50:.1} ms, p99 {p99:.1} ms, {per_second:.0} deliveries/s",
        MEMBERS * SOCKETS_EACH
    );
    Ok(())
}

/// Reports when each message comes to one more socket of `member`.
async fn listen(stage: &Stage, member: &Member, receipts: mpsc::UnboundedSender<Instant>) -> Result<(), BoxError> {
    let base = format!("http://{}", stage.chat);
    let mut client = Client::connect(&base, "/chat/v1/socket.io", Options::with_token(&member.token)).await?;
    tokio::spawn(async move {
        while let Some(event) = client.next_event().await {
            if event.name == "message:new" && receipts.send(Instant::now()).is_err() {
                return;
            }
        }
    });
    Ok(())
}
