//! The log of who kept order.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Platform, User, platform};

async fn log(platform: &Platform, admin: &User, query: &str) -> Vec<Value> {
    platform
        .get(admin, &format!("/moderation/audit-log?limit=100{query}"))
        .await
        .expect(200)
        .as_array()
        .unwrap()
        .clone()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_act_of_keeping_order_is_in_the_log() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, member, second, third] = platform.users(tenant);
    let admin = platform.admin(tenant);
    let (thread, elsewhere) =
        (platform.group(&[&owner, &member, &second, &third]).await, platform.group(&[&owner, &member]).await);
    let path = format!("/threads/{thread}");
    let tick = || platform.clock.advance(SignedDuration::from_millis(2));
    let until = platform.clock.now() + SignedDuration::from_mins(5);
    let silence = format!("{path}/members/{}/silence", member.id);
    platform.post(&owner, &silence, json!({"until": until})).await.expect(200);
    tick();
    platform.post(&owner, &silence, json!({"until": null})).await.expect(200);
    tick();
    platform.patch(&owner, &path, json!({"slowModeSeconds": 1})).await.expect(200);
    platform.patch(&owner, &path, json!({"slowModeSeconds": 1, "name": "x"})).await.expect(200);
    tick();
    platform.patch(&owner, &format!("{path}/members/{}", third.id), json!({"role": "moderator"})).await.expect(200);
    tick();
    let message = platform.say(&member, &thread, "x").await["id"].as_str().unwrap().to_owned();
    platform.delete(&third, &format!("/messages/{message}")).await.expect(200);
    platform.delete(&third, &format!("/messages/{message}")).await.expect(200);
    tick();
    let report = crate::reports::reported(&platform, &member, &second, &thread).await;
    tick();
    platform
        .post(&third, &format!("/moderation/reports/{report}/resolve"), json!({"outcome": "dismissed"}))
        .await
        .expect(200);
    tick();
    platform.delete(&third, &format!("{path}/members/{}", second.id)).await.expect(200);
    platform.delete(&third, &format!("{path}/members/{}", third.id)).await.expect(200);
    tick();
    platform.post(&owner, &format!("{path}/bans"), json!({"userId": member.id})).await.expect(200);
    tick();
    platform.delete(&owner, &format!("{path}/bans/{}", member.id)).await.expect(200);
    tick();
    platform.post(&member, "/blocks", json!({"userId": second.id})).await.expect(201);
    tick();
    platform.delete(&member, &format!("/blocks/{}", second.id)).await.expect(200);
    tick();
    let rule = crate::rules::rule(&platform, &admin, &["x"], "mask").await;
    tick();
    let changed = json!({"name": "y", "words": ["y"], "action": "mask"});
    platform.put(&admin, &format!("/moderation/rules/{rule}"), changed).await.expect(200);
    tick();
    platform.delete(&admin, &format!("/moderation/rules/{rule}")).await.expect(200);
    tick();
    platform.delete(&owner, &format!("/threads/{elsewhere}/members/{}", member.id)).await.expect(200);

    let in_thread = log(&platform, &admin, &format!("&threadId={thread}")).await;
    let mut expected = vec![
        "memberSilenced",
        "memberUnsilenced",
        "slowModeChanged",
        "roleChanged",
        "messageRemoved",
        "messageReported",
        "reportResolved",
        "memberRemoved",
        "memberBanned",
        "memberUnbanned",
    ];
    expected.reverse();
    assert_eq!(types(&in_thread), expected);
    let silenced = in_thread.last().unwrap();
    assert_eq!((&silenced["actorId"], &silenced["userId"]), (&json!(owner.id), &json!(member.id)));
    assert_eq!((&silenced["until"], &silenced["threadId"]), (&json!(until), &json!(thread)));
    assert_eq!(in_thread[5]["messageId"], message, "{in_thread:?}");
    assert_eq!((&in_thread[3]["subjectId"], &in_thread[3]["value"]), (&json!(report), &json!("dismissed")));
    assert_eq!((&in_thread[6]["value"], &in_thread[7]["value"]), (&json!("moderator"), &json!(1)));

    let all = log(&platform, &admin, "").await;
    assert_eq!(types(&all)[1..6], ["ruleDeleted", "ruleChanged", "ruleCreated", "userUnblocked", "userBlocked"]);
    assert_eq!(types(&log(&platform, &admin, "&type=memberRemoved").await), ["memberRemoved"; 2]);
    let of_third = log(&platform, &admin, &format!("&actorId={}", third.id)).await;
    assert_eq!(types(&of_third), ["memberRemoved", "reportResolved", "messageRemoved"]);
    assert_eq!(log(&platform, &admin, &format!("&userId={}&type=roleChanged", third.id)).await.len(), 1);
    let second_act = in_thread[8]["at"].as_str().unwrap();
    assert_eq!(types(&log(&platform, &admin, &format!("&to={second_act}")).await), ["memberSilenced"]);
    assert_eq!(log(&platform, &admin, &format!("&from={second_act}")).await.len(), all.len() - 1);
    assert_eq!(all[1]["rule"], json!({"name": "y", "match": "word", "action": "mask", "words": 1}));
    for nothing in [
        "from=2026-11-27T00:00:00.0001Z&to=2026-11-27T00:00:00.0002Z",
        "to=1960-01-01T00:00:00Z",
        "from=2999-01-01T00:00:00Z",
    ] {
        assert_eq!(log(&platform, &admin, &format!("&{nothing}")).await, [] as [Value; 0], "{nothing}");
    }
    let wrong = platform.get(&admin, &format!("/moderation/audit-log?from={second_act}&to={second_act}")).await;
    assert_eq!((wrong.refusal(), wrong.fields()), ((400, "VALIDATION_FAILED"), vec!["from"]));
    assert_eq!(log(&platform, &platform.admin(platform.tenant()), "").await, [] as [Value; 0]);
}
