use std::io::{Read, Write};
use std::net::TcpStream;

use axum::body::Body;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::callers::Caller;
use crate::support::{World, call};

const MB: usize = 1024 * 1024;

#[tokio::test]
async fn a_body_just_within_the_limit_is_read() {
    let world = World::start().await;
    let body = |bytes: usize| {
        let spaces = " ".repeat(bytes - r#"{"textOfNote":"a"}"#.len());
        let request = call("POST", "/echo").header("content-type", "application/json");
        request.body(Body::from(format!(r#"{{"textOfNote":"a"}}{spaces}"#))).unwrap()
    };
    assert_eq!(world.send(body(MB)).await.status, 200);
    assert_eq!(world.send(body(MB + 1)).await.refusal(), (413, "PAYLOAD_TOO_LARGE"));
}

/// The whole answer of a server on a port of its own.
async fn over_tcp(world: &World, head: String, body: usize) -> (String, Value) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(shared::server::serve(listener, world.router.clone(), false, stop.clone()));
    // Writes everything before it reads anything, as many clients do: a server that stops reading
    // makes them see a reset instead of the answer.
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&vec![b'x'; body]).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    stop.cancel();
    serving.await.unwrap().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), serde_json::from_str(body).unwrap())
}

fn head(method: &str, path: &str, more: &str, bytes: usize) -> String {
    format!(
        "{method} /sample/v1{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {bytes}\r\n{more}\r\n"
    )
}

#[tokio::test]
async fn a_refused_body_is_read_to_its_end() {
    let world = World::start().await;
    let token = Caller::user().token(&world.clock);
    let bearer = format!("authorization: Bearer {token}\r\n");
    for (method, path, more, code) in [
        ("POST", "/echo", "", "PAYLOAD_TOO_LARGE"),
        ("POST", "/notes", bearer.as_str(), "PAYLOAD_TOO_LARGE"),
        ("POST", "/notes", "", "UNAUTHORIZED"),
        ("POST", "/nowhere", "", "NOT_FOUND"),
        ("DELETE", "/echo", "", "METHOD_NOT_ALLOWED"),
    ] {
        let (status, body) = over_tcp(&world, head(method, path, more, 7 * MB), 7 * MB).await;
        assert_eq!(body["error"]["code"], json!(format!("ERR_SAMPLE_{code}")), "{method} {path}");
        assert!(status.contains(&body["error"]["http"].to_string()), "{status}");
    }
}
