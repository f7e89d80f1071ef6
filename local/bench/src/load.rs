//! A small HTTP/1.1 load: kept-alive connections that send prepared bytes, one request at a time.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::report::percentile;
use crate::stage::BoxError;

/// What a load came to.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) per_second: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    /// Milliseconds.
    pub(crate) p99: f64,
}

/// A request as bytes.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Vec<u8> {
    let bearer = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let json = body.map(|body| format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    let (json, body) = (json.unwrap_or_default(), body.unwrap_or_default());
    format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{bearer}{json}\r\n{body}").into_bytes()
}

/// Sends each of `requests` on a connection of its own, `each` times; every answer must be 2xx.
pub(crate) async fn run(address: SocketAddr, requests: Vec<Vec<u8>>, each: usize) -> Result<Load, BoxError> {
    let started = Instant::now();
    let connections = requests.into_iter().map(|request| tokio::spawn(connection(address, request, each)));
    let mut times = Vec::new();
    for connection in futures_util::future::join_all(connections).await {
        times.append(&mut connection??);
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let per_second = times.len() as f64 / started.elapsed().as_secs_f64();
    Ok(Load { per_second, p50: percentile(&mut times, 0.5), p99: percentile(&mut times, 0.99) })
}

/// The milliseconds of each request.
async fn connection(address: SocketAddr, request: Vec<u8>, times: usize) -> Result<Vec<f64>, BoxError> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut taken = Vec::with_capacity(times);
    let mut buffer = Vec::with_capacity(16 * 1024);
    for _ in 0..times {
        let sent = Instant::now();
        stream.write_all(&request).await?;
        read_answer(&mut stream, &mut buffer).await?;
        taken.push(sent.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(taken)
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<(), BoxError> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head])?.to_ascii_lowercase();
        if !text.starts_with("http/1.1 2") {
            return Err(format!("the answer was {}", String::from_utf8_lossy(buffer)).into());
        }
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).map(str::parse::<usize>);
        if buffer.len() >= head + 4 + length.transpose()?.unwrap_or(0) {
            return Ok(());
        }
    }
}
