use bench::socketio::{Client, Options};
use serde_json::json;

use crate::platform::Platform;

#[tokio::test]
async fn a_message_sent_by_http_arrives_at_a_socket_on_the_same_port_and_sigterm_ends_both() {
    let platform = Platform::ephemeral().await;
    let token = platform.token("admin@eventzr.com").await;
    let mut socket = Client::connect(&platform.url, "/chat/v1/socket.io", Options::with_token(&token)).await.unwrap();

    let user = json!({ "emails": ["user@eventzr.com"] });
    let user = platform.post("/auth/v1/users/lookup", Some(&token), &user).await.body["data"][0]["id"].clone();
    let thread = json!({ "type": "group", "name": "tour", "memberIds": [user] });
    let thread = platform.post("/chat/v1/threads", Some(&token), &thread).await.body["data"]["id"].clone();
    let message = json!({ "threadId": thread, "content": "Hello from the API!", "type": "text" });
    let sent = platform.post("/chat/v1/messages", Some(&token), &message).await;
    assert_eq!(sent.status, 201, "{sent:?}");
    loop {
        let event = socket.next_event().await.unwrap();
        if event.name == "message:new" {
            assert_eq!(event.data(), sent.body["data"]);
            break;
        }
    }

    assert!(platform.terminate().await.success());
    while socket.next_event().await.is_some() {}
}
