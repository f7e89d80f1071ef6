//! An erased user leaves nothing but tombstones.

use serde_json::{Value, json};
use shared::ids;
use shared::jobs::{Job, UserErased};

use crate::support::{Platform, User, hear, platform};

async fn erase(platform: &Platform, user: &User) {
    let erasure_id = ids::new(&platform.clock);
    let erased = UserErased { erasure_id, user_id: user.id, tenants: vec![user.tenant] };
    platform.read_queue();
    platform.tell_chat(&Job::UserErased(erased)).await;
    let Job::ErasureReceipt(receipt) = platform.told_auth(1).await else { panic!("no receipt") };
    assert_eq!((receipt.erasure_id, receipt.user_id, &*receipt.service), (erasure_id, user.id, "chat"));
}

async fn messages(platform: &Platform, user: &User, thread: &str) -> Vec<Value> {
    let answer = platform.get(user, &format!("/threads/{thread}/messages?after=0&limit=100")).await;
    answer.expect(200).as_array().unwrap().clone()
}

#[tokio::test]
async fn what_an_erased_user_said_and_did_is_gone_everywhere() {
    let platform = platform().await;
    let [erased, other] = platform.users(platform.tenant());
    let group = platform.group(&[&erased, &other]).await;
    let left = platform.group(&[&other, &erased]).await;
    let direct = platform.post(&erased, "/threads", json!({"type": "direct", "memberIds": [other.id]})).await;
    let direct = direct.expect(201)["id"].as_str().unwrap().to_owned();
    let secret = json!({"threadId": group, "content": "secret", "type": "text", "clientMessageId": "mine"});
    let sent = platform.post(&erased, "/messages", secret.clone()).await.expect(201).clone();
    let path = format!("/messages/{}", sent["id"].as_str().unwrap());
    platform.patch(&erased, &path, json!({"content": "secret still"})).await.expect(200);
    let naming = json!({"threadId": group, "content": "hello", "type": "text", "mentions": [erased.id]});
    let answer = platform.post(&other, "/messages", naming).await.expect(201).clone();
    let reaction = format!("/messages/{}/reactions/%F0%9F%91%8D", answer["id"].as_str().unwrap());
    platform.post(&erased, &reaction, json!({})).await.expect(201);
    platform.say(&erased, &direct, "between us").await;
    let report = async |by: &User, message: &str| {
        let said = json!({"reason": "other", "comment": "a secret"});
        platform.post(by, &format!("{message}/report"), said).await.expect(201)["id"].clone()
    };
    report(&erased, &format!("/messages/{}", answer["id"].as_str().unwrap())).await;
    let kept = report(&other, &path).await;
    let banned_from = platform.group(&[&other]).await;
    platform.post(&other, &format!("/threads/{banned_from}/bans"), json!({"userId": erased.id})).await.expect(200);
    let third = platform.user(erased.tenant);
    let his = platform.group(&[&erased, &other, &third]).await;
    let said = platform.say(&third, &his, "what he judged").await;
    let judged = report(&other, &format!("/messages/{}", said["id"].as_str().unwrap())).await;
    let judgement = json!({"outcome": "dismissed", "note": "a secret note"});
    let resolve = format!("/moderation/reports/{}/resolve", judged.as_str().unwrap());
    platform.post(&erased, &resolve, judgement).await.expect(200);
    let ban = json!({"userId": third.id, "reason": "a secret reason"});
    platform.post(&erased, &format!("/threads/{his}/bans"), ban).await.expect(200);
    platform.say(&erased, &left, "before I left").await;
    platform.delete(&erased, &format!("/threads/{left}/members/{}", erased.id)).await.expect(200);
    let mut ear = platform.socket(&other).await;

    erase(&platform, &erased).await;
    assert_eq!(hear(&mut ear).await.0, "member:removed");
    for thread in [&group, &direct, &left] {
        let seen = messages(&platform, &other, thread).await;
        assert!(!json!(seen).to_string().contains("secret"), "{seen:?}");
        let own = seen.iter().filter(|message| message["senderId"] == json!(erased.id));
        assert_eq!(own.map(|message| &message["content"]).collect::<Vec<_>>(), [""], "{thread}");
        let members = platform.get(&other, &format!("/threads/{thread}")).await.expect(200)["members"].clone();
        assert_eq!(members.as_array().unwrap().len(), 1, "{members}");
        assert_eq!((&members[0]["userId"], members[0]["role"] != "member"), (&json!(other.id), *thread != direct));
    }
    let seen = messages(&platform, &other, &group).await;
    assert_eq!(
        (&seen[1]["content"], &seen[1]["mentions"], &seen[1]["reactions"]),
        (&json!("hello"), &json!([]), &json!([]))
    );
    assert_eq!(seen[0]["clientMessageId"], Value::Null);
    assert_eq!(platform.get(&other, &format!("{path}/history")).await.expect(200), &json!([]));
    let admin = platform.admin(other.tenant);
    let reports = platform.get(&admin, "/moderation/reports").await.expect(200).clone();
    assert_eq!((&reports[0]["id"], reports.as_array().unwrap().len()), (&kept, 1), "{reports}");
    assert_eq!((&reports[0]["content"], &reports[0]["comment"]), (&Value::Null, &Value::Null));
    let closed = platform.get(&admin, "/moderation/reports?status=closed").await.expect(200).clone();
    assert_eq!((&closed[0]["id"], &closed[0]["note"]), (&judged, &Value::Null));
    let bans = platform.get(&admin, &format!("/threads/{his}/bans")).await.expect(200).clone();
    assert_eq!((&bans[0]["userId"], &bans[0]["reason"]), (&json!(third.id), &Value::Null));
    assert_eq!(platform.get(&other, &format!("/threads/{banned_from}/bans")).await.expect(200), &json!([]));
    assert!(platform.get(&erased, "/threads").await.expect(200).as_array().unwrap().is_empty());
    assert_eq!(platform.keys_with(&erased.id.to_string()).await, [] as [String; 0]);
}

#[tokio::test]
async fn an_erasure_goes_on_where_it_was_cut_off() {
    let platform = platform().await;
    let [erased, other] = platform.users(platform.tenant());
    let group = platform.group(&[&other, &erased]).await;
    for number in 0..130 {
        platform.say(if number % 2 == 0 { &erased } else { &other }, &group, "words").await;
    }
    let faults = platform.aws.faults();
    faults.inject("TransactWriteItems", local_aws::Fault::InternalError, local_aws::When::Probability(0.1));
    let user_erased =
        UserErased { erasure_id: ids::new(&platform.clock), user_id: erased.id, tenants: vec![erased.tenant] };
    platform.read_queue();
    // Twice, as queues may.
    platform.tell_chat(&Job::UserErased(user_erased.clone())).await;
    platform.tell_chat(&Job::UserErased(user_erased)).await;
    platform.until(async || faults.struck("TransactWriteItems") > 0).await;
    faults.clear();
    assert!(matches!(platform.told_auth(1).await, Job::ErasureReceipt(_)));
    let (mut own, mut others) = (0, 0);
    for page in ["after=0&limit=100", "after=100&limit=100"] {
        for message in
            platform.get(&other, &format!("/threads/{group}/messages?{page}")).await.expect(200).as_array().unwrap()
        {
            if message["senderId"] == json!(erased.id) {
                assert_eq!(message["content"], "");
                own += 1;
            } else {
                assert_eq!(message["content"], "words");
                others += 1;
            }
        }
    }
    assert_eq!((own, others), (65, 65));
}
