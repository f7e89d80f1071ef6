//! The binary itself, as ECS runs it.

use std::process::Stdio;
use std::time::Duration;

use bench::socketio::{Client, Error, Options};
use local_aws::LocalAws;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn it_serves_until_it_is_told_to_stop() {
    let aws = LocalAws::ephemeral().await.unwrap();
    let free = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    let mut variables = aws.container_env("ChatTaskDefinition").unwrap();
    variables.insert("PORT".to_owned(), free.to_string());
    let start = |arguments: &[&str]| {
        let mut binary = Command::new(env!("CARGO_BIN_EXE_chat-fargate"));
        binary.args(arguments).env_clear().envs(&variables).stderr(Stdio::null()).kill_on_drop(true);
        binary.spawn().unwrap()
    };
    assert!(!start(&["--health"]).wait().await.unwrap().success());

    let mut server = start(&[]);
    let healthy = async { while !start(&["--health"]).wait().await.unwrap().success() {} };
    tokio::time::timeout(PATIENCE, healthy).await.expect("healthy in time");
    let socket = Client::connect(&format!("http://127.0.0.1:{free}"), "/chat/v1/socket.io", Options::default()).await;
    assert!(matches!(socket, Err(Error::Refused(code)) if code == "ERR_CHAT_UNAUTHORIZED"));

    terminate(&server).await;
    let ended = tokio::time::timeout(PATIENCE, server.wait()).await.expect("stopped in time");
    assert!(ended.unwrap().success());
}

async fn terminate(child: &Child) {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
}
