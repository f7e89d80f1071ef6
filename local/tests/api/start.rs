use std::process::Output;

use serde_json::Value;

use crate::platform::{Platform, argument, output};

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn refusal(output: &Output) -> &str {
    assert!(!output.status.success());
    text(&output.stderr)
}

#[tokio::test]
async fn a_second_instance_on_the_same_data_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let first = Platform::on(&directory).await;
    let second = output(&["--port", "0", "--aws-port", "0", "--data", argument(directory.path()), "--fresh"]).await;
    assert!(refusal(&second).contains("in use by another instance"), "{second:?}");
    assert_eq!(first.login("user@eventzr.com").await.status, 200, "the first one lost its data");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let platform = Platform::ephemeral().await;
    let port = platform.url.rsplit_once(':').unwrap().1;
    let second = output(&["--ephemeral", "--port", port, "--aws-port", "0"]).await;
    assert!(refusal(&second).contains(&format!("port {port} is in use: choose another with --port")), "{second:?}");
    let third = output(&["--ephemeral", "--port", "0", "--aws-port", port]).await;
    assert!(refusal(&third).contains("with --aws-port"), "{third:?}");
}

#[tokio::test]
async fn a_functions_environment_has_the_real_addresses() {
    let directory = tempfile::tempdir().unwrap();
    let data = argument(directory.path());
    let early = output(&["--data", data, "env", "AuthFunction"]).await;
    assert!(refusal(&early).contains("no platform was started"), "{early:?}");

    let platform = Platform::on(&directory).await;
    let lines = output(&["--data", data, "env", "AuthFunction"]).await;
    let lines: Vec<_> = text(&lines.stdout).lines().map(|line| line.split_once('=').unwrap()).collect();
    let value = |name| lines.iter().find(|(own, _)| *own == name).unwrap().1;
    assert_eq!(value("PUBLIC_BASE_URL"), platform.url);
    assert_eq!(value("STAGE"), "local");
    assert_eq!(value("WEBAUTHN_RP_ID"), "localhost");
    assert!(value("WEBAUTHN_ORIGINS").ends_with(&platform.url.replace("127.0.0.1", "localhost")));
    assert!(value("DATA_KEYS").contains("active"));
    assert!(value("AWS_ENDPOINT_URL").starts_with("http://127.0.0.1:") && !value("AWS_ENDPOINT_URL").ends_with(":0"));

    let json = output(&["env", "AuthFunction", "--json", "--data", data]).await;
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    for (name, value) in lines {
        assert_eq!(json["AuthFunction"][name], value, "{name}");
    }
    let unknown = output(&["--data", data, "env", "NoFunction"]).await;
    assert!(refusal(&unknown).contains("AuthWorkerFunction"), "{unknown:?}");
}

#[tokio::test]
async fn what_no_route_matches_gets_our_own_404() {
    let platform = Platform::ephemeral().await;
    for path in ["/nowhere", "/auth/v1", "/auth/v1/nowhere", "/billing/v1/health"] {
        let answer = platform.get(path).await;
        assert_eq!((answer.status, &answer.body["error"]["code"]), (404, &"ERR_AUTH_NOT_FOUND".into()), "{path}");
    }
    let answer = platform.get("/chat/v1/nowhere").await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (404, &"ERR_CHAT_NOT_FOUND".into()));
}
