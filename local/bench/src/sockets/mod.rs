//! Connections and fan-out of chat, against Node's `socket.io` with the same light clients: what a connection holds of the
//! server's memory, and how many deliveries a second of its processor's time is good for. Chat checks who sends, and stores
//! each message; the reference does neither.

mod crowd;
mod server;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::build;
use crate::report::{Pair, at_least, at_most_of};
use crate::stage::{BoxError, Member, Stage};
use crowd::{Crowd, FanOut};
use server::Server;

/// Sockets, messages to each, and rounds.
const SIZES: [(usize, usize, usize); 2] = [(200, 500, 3), (2000, 200, 3)];
/// As many as a user may have.
const SOCKETS_EACH: usize = 20;
/// Users who are added at once.
const MOST_ADDED: usize = 47;
/// Chat is to be three times as good.
const AIM: f64 = 3.0;

pub(crate) async fn measure() -> Result<(), BoxError> {
    let reference = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../js/reference.mjs"));
    if !reference.with_file_name("node_modules").join("socket.io").is_dir() {
        println!("sockets: left out; the reference needs Node 20 and `npm ci --prefix local/js`");
        return Ok(());
    }
    let chat = build::binary("chat-fargate", "chat-fargate")?;
    let stage = Stage::start().await?;
    let most = SIZES.iter().map(|(sockets, ..)| *sockets).max().unwrap_or(0);
    let mut members = Vec::new();
    for index in 0..most.div_ceil(SOCKETS_EACH) {
        members.push(stage.member(&format!("user{index}")).await?);
    }
    for (sockets, messages, rounds) in SIZES {
        let members = members.get(..sockets.div_ceil(SOCKETS_EACH)).unwrap_or(&members);
        let thread = thread(&stage, members).await?;
        let tokens: Vec<String> = members.iter().map(|member| member.token.clone()).collect();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let server = start_chat(&stage, &chat).await?;
            ours.push(run(&server, &tokens, &thread, sockets, messages).await?);
            drop(server);
            let server = start_reference(reference)?;
            theirs.push(run(&server, &tokens, &thread, sockets, messages).await?);
        }
        report(sockets, &ours, &theirs);
    }
    Ok(())
}

/// What a round has measured.
struct Round {
    /// Of the server's memory, in kilobytes a connection.
    connection: f64,
    /// A second of the server's processor time.
    deliveries_a_core: f64,
    fan_out: FanOut,
}

async fn run(
    server: &Server,
    tokens: &[String],
    thread: &str,
    sockets: usize,
    messages: usize,
) -> Result<Round, BoxError> {
    let empty = server.usage()?;
    let crowd = Crowd::connect(&server.url, tokens, sockets).await?;
    // What was allocated for connecting goes.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = server.usage()?;
    let fan_out = crowd.converse(thread, messages).await?;
    let cpu = server.usage()?.cpu - idle.cpu;
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let (connections, deliveries) = (sockets as f64, fan_out.deliveries as f64);
    let connection = (idle.memory - empty.memory) / connections;
    Ok(Round { connection, deliveries_a_core: deliveries / cpu, fan_out })
}

fn report(sockets: usize, ours: &[Round], theirs: &[Round]) {
    let pairs = |part: fn(&Round) -> f64| -> Vec<Pair> {
        ours.iter().zip(theirs).map(|(ours, baseline)| Pair { ours: part(ours), baseline: part(baseline) }).collect()
    };
    println!("{sockets} sockets of one thread, all held:");
    let deliveries = pairs(|round| round.deliveries_a_core);
    at_least("  deliveries a second of the server's processor", &deliveries, AIM);
    at_most_of("  its memory a connection", "kB", &pairs(|round| round.connection), 1.0 / AIM);
    for (name, rounds) in [("ours", ours), ("socket.io", theirs)] {
        let middle =
            |part: fn(&FanOut) -> f64| crate::report::median(rounds.iter().map(|it| part(&it.fan_out)).collect());
        let (p50, p99) = (middle(|it| it.p50), middle(|it| it.p99));
        let rate = middle(|it| it.a_second);
        println!("  {name}: {rate:.0} deliveries/s, p50 {p50:.1} ms, p99 {p99:.1} ms");
    }
}

/// A thread of all members.
async fn thread(stage: &Stage, members: &[Member]) -> Result<String, BoxError> {
    let [owner, others @ ..] = members else { return Err("no members".into()) };
    let ids: Vec<Uuid> = others.iter().map(|member| member.account.id.0).collect();
    let (first, rest) = ids.split_at(ids.len().min(MOST_ADDED));
    let thread = stage.thread(owner, first).await?;
    for ids in rest.chunks(MOST_ADDED) {
        let url = format!("http://{}/chat/v1/threads/{thread}/members", stage.chat);
        let added = stage.http.post(url).bearer_auth(&owner.token).json(&json!({"userIds": ids}));
        added.send().await?.error_for_status()?;
    }
    Ok(thread)
}

/// The binary as ECS runs it, on the stage's AWS.
async fn start_chat(stage: &Stage, binary: &Path) -> Result<Server, BoxError> {
    let port = TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port();
    let mut command = Server::command(binary, &[], Stdio::null());
    command.envs(stage.aws.container_env("ChatTaskDefinition")?).env("PORT", port.to_string());
    command.env("AUTH_BASE_URL", format!("http://{}/auth/v1", stage.auth_address));
    let server = Server::new(command.spawn()?, port);
    let health = format!("{}/chat/v1/health", server.url);
    let healthy = async { while stage.http.get(&health).send().await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(20), healthy).await?;
    Ok(server)
}

fn start_reference(script: &Path) -> Result<Server, BoxError> {
    let script = script.to_str().ok_or("a path that is no text")?;
    let mut process = Server::command(Path::new("node"), &[script], Stdio::piped()).spawn()?;
    let mut port = String::new();
    BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut port)?;
    let port = port.trim().parse();
    let server = Server::new(process, port.clone().unwrap_or(0));
    port?;
    Ok(server)
}
