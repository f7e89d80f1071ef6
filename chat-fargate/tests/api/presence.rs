//! Who is here.

use serde_json::{Value, json};

use crate::support::{Platform, User, hear_any, platform};

async fn ask(platform: &Platform, user: &User, about: &User) -> Value {
    platform.get(user, &format!("/presence?userIds={}", about.id)).await.expect(200).clone()
}

#[tokio::test]
async fn who_shares_a_thread_hears_of_coming_and_going() {
    let platform = platform().await;
    let [one, other, stranger] = platform.users(platform.tenant());
    platform.group(&[&one, &other]).await;
    platform.group(&[&other, &one]).await;
    let (mut ear, mut foreign) = (platform.socket(&one).await, platform.socket(&stranger).await);
    let never = json!([{"userId": other.id, "status": "offline", "lastSeenAt": null}]);
    assert_eq!(ask(&platform, &one, &other).await, never);
    let (first, second) = (platform.socket(&other).await, platform.socket(&other).await);
    let online = json!({"userId": other.id, "status": "online", "lastSeenAt": null});
    assert_eq!(hear_any(&mut ear).await, ("presence:update".to_owned(), online.clone()));
    assert_eq!(ask(&platform, &one, &other).await, json!([online]));
    assert_eq!(ask(&platform, &stranger, &other).await, json!([]));
    let answer = ear.emit_with_ack("presence:query", &json!({"userIds": [other.id, stranger.id]})).await.unwrap();
    assert_eq!(answer, json!({"data": {"presence": [online]}, "error": null}));

    // One of two sockets is no going, and neither is a reconnection.
    first.close().await;
    second.close().await;
    platform.chat.sweep().await;
    let again = platform.socket(&other).await;
    platform.chat.sweep().await;
    platform.chat.sweep().await;
    assert!(ear.try_next_event().is_none());
    again.close().await;
    let gone = async {
        loop {
            platform.chat.sweep().await;
            if let Some(event) = ear.try_next_event() {
                return event.data();
            }
            // The server has to learn that the socket is closed.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let gone = tokio::time::timeout(std::time::Duration::from_secs(10), gone).await.unwrap();
    assert_eq!((&gone["status"], &gone["lastSeenAt"]), (&json!("offline"), &json!(platform.clock.now())));
    assert_eq!(ask(&platform, &one, &other).await, json!([gone]));
    assert!(foreign.try_next_event().is_none());
}

#[tokio::test]
async fn a_node_that_stops_writes_who_was_there() {
    let mut platform = platform().await;
    let [one, other] = platform.users(platform.tenant());
    platform.group(&[&one, &other]).await;
    let _socket = platform.socket(&other).await;
    let first = platform.change_node().await;
    first.chat.sweep().await;
    first.chat.shutdown().await;
    assert_eq!(ask(&platform, &one, &other).await[0]["lastSeenAt"], json!(platform.clock.now()));
}

#[tokio::test]
async fn a_question_has_rules() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let many = vec![user.id.to_string(); 51].join(",");
    for wrong in ["", "?userIds=", "?userIds=x", &format!("?userIds={many}")] {
        assert_eq!(
            platform.get(&user, &format!("/presence{wrong}")).await.refusal(),
            (400, "VALIDATION_FAILED"),
            "{wrong}"
        );
    }
    let socket = platform.socket(&user).await;
    for wrong in [json!({}), json!({"userIds": []}), json!({"userIds": ["x"]}), json!({"userIds": vec![user.id; 51]})] {
        let answer = socket.emit_with_ack("presence:query", &wrong).await.unwrap();
        assert_eq!(answer["error"]["code"], "ERR_CHAT_VALIDATION_FAILED", "{wrong}");
    }
}
