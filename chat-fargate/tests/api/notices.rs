//! What members are told while they are away.

use jiff::SignedDuration;
use serde_json::json;
use shared::auth::UserId;
use shared::jobs::{About, Addressee, Job};

use crate::support::{Platform, User, platform};

/// Who was told what by now.
async fn told(platform: &Platform) -> Vec<(UserId, About)> {
    let told = platform.told_notify().await.into_iter().map(|job| match job {
        Job::SendMessage(message) => match message.to {
            Addressee::User(user) => (user, message.about),
            to @ Addressee::Address { .. } => panic!("{to:?}"),
        },
        other => panic!("{other:?}"),
    });
    told.collect()
}

/// Five minutes pass after the last message.
async fn wait(platform: &Platform) {
    platform.until(async || platform.is_scheduled().await).await;
    platform.clock.advance(SignedDuration::from_mins(5) + SignedDuration::from_secs(1));
    platform.aws.advance(std::time::Duration::from_secs(301));
}

fn new_messages(count: u32) -> About {
    About::NewMessages { thread: "Crew".to_owned(), count }
}

async fn crew(platform: &Platform, members: &[&User]) -> String {
    let ids: Vec<UserId> = members.iter().skip(1).map(|member| member.id).collect();
    let body = json!({"type": "group", "name": "Crew", "memberIds": ids});
    platform.post(members[0], "/threads", body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_is_away_is_told_once_until_he_reads() {
    let platform = platform().await;
    let [speaker, away, here, muted] = platform.users(platform.tenant());
    let thread = crew(&platform, &[&speaker, &away, &here, &muted]).await;
    platform.post(&muted, &format!("/threads/{thread}/mute"), json!({"muted": true})).await.expect(200);
    let _socket = platform.socket(&here).await;
    platform.read_queue();
    for _ in 0..3 {
        platform.say(&speaker, &thread, "x").await;
    }
    assert_eq!(told(&platform).await, []);
    wait(&platform).await;
    platform.until(async || platform.waiting_for_notify().await == 1).await;
    assert_eq!(told(&platform).await, [(away.id, new_messages(3))]);

    // More of it tells nothing, until he has read.
    let speaker = platform.again(&speaker);
    platform.say(&speaker, &thread, "y").await;
    wait(&platform).await;
    platform.until(async || platform.queue_is_empty().await).await;
    assert_eq!(told(&platform).await, []);
    let away = platform.again(&away);
    platform.post(&away, &format!("/threads/{thread}/read"), json!({})).await.expect(200);
    let speaker = platform.again(&speaker);
    platform.say(&speaker, &thread, "z").await;
    wait(&platform).await;
    platform.until(async || platform.waiting_for_notify().await == 1).await;
    assert_eq!(told(&platform).await, [(away.id, new_messages(1))]);
}

#[tokio::test]
async fn who_is_mentioned_is_told_at_once_and_not_again_that_messages_wait() {
    let platform = platform().await;
    let [speaker, away, here] = platform.users(platform.tenant());
    let thread = crew(&platform, &[&speaker, &away, &here]).await;
    let _socket = platform.socket(&here).await;
    platform.read_queue();
    let naming = json!({"threadId": thread, "content": "x", "type": "text", "mentions": [away.id, here.id]});
    platform.post(&speaker, "/messages", naming).await.expect(201);
    platform.until(async || platform.waiting_for_notify().await == 1).await;
    assert_eq!(told(&platform).await, [(away.id, About::Mentioned { thread: "Crew".to_owned() })]);
    wait(&platform).await;
    platform.until(async || platform.queue_is_empty().await).await;
    assert_eq!(told(&platform).await, []);
}

#[tokio::test]
async fn a_job_that_comes_twice_tells_once() {
    let platform = platform().await;
    let [speaker, away] = platform.users(platform.tenant());
    let thread = crew(&platform, &[&speaker, &away]).await;
    platform.say(&speaker, &thread, "x").await;
    platform.read_queue();
    let job = json!({"job": "tellAbsent", "tenantId": speaker.tenant, "threadId": thread}).to_string();
    for _ in 0..5 {
        platform.tell_chat_text(&job).await;
    }
    platform.until(async || platform.waiting_for_notify().await == 1 && platform.queue_is_empty().await).await;
    assert_eq!(told(&platform).await, [(away.id, new_messages(1))]);
}
