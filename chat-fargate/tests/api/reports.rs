//! What members report of messages, and what becomes of it.

use serde_json::{Value, json};

use crate::support::{Platform, User, hear, platform};

/// A report by `reporter` of a new message of `sender`; its id.
pub(crate) async fn reported(platform: &Platform, reporter: &User, sender: &User, thread: &str) -> String {
    let message = platform.say(sender, thread, "bad words").await;
    report(platform, reporter, &message).await["id"].as_str().unwrap().to_owned()
}

fn path(message: &Value) -> String {
    format!("/messages/{}", message["id"].as_str().unwrap())
}

async fn report(platform: &Platform, reporter: &User, message: &Value) -> Value {
    let said = json!({"reason": "harassment", "comment": "look at that"});
    platform.post(reporter, &format!("{}/report", path(message)), said).await.expect(201).clone()
}

async fn resolve(platform: &Platform, by: &User, report: &str, outcome: &str) -> crate::support::Answer {
    let said = json!({"outcome": outcome, "note": "as we said"});
    platform.post(by, &format!("/moderation/reports/{report}/resolve"), said).await
}

#[tokio::test]
async fn a_report_keeps_what_was_said_until_somebody_decides() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, sender, reporter] = platform.users(tenant);
    let admin = platform.admin(tenant);
    let thread = platform.group(&[&owner, &sender, &reporter]).await;
    let message = platform.say(&sender, &thread, "bad words").await;
    let made = report(&platform, &reporter, &message).await;
    assert_eq!(report(&platform, &reporter, &message).await, made, "twice is once");
    assert_eq!((&made["status"], &made["content"]), (&json!("open"), &Value::Null));
    platform.patch(&sender, &path(&message), json!({"content": "nice words"})).await.expect(200);

    let listed = platform.get(&admin, "/moderation/reports").await.expect(200)[0].clone();
    assert_eq!((&listed["id"], &listed["content"]), (&made["id"], &json!("bad words")));
    assert_eq!(listed["reporterId"], json!(reporter.id));
    let of_thread = platform.get(&owner, &format!("/threads/{thread}/reports")).await.expect(200).clone();
    let mut nameless = listed.clone();
    nameless["reporterId"] = Value::Null;
    assert_eq!(of_thread, json!([nameless]));

    let mut ear = platform.socket(&reporter).await;
    let id = made["id"].as_str().unwrap();
    let resolved = resolve(&platform, &admin, id, "removed").await.expect(200).clone();
    assert_eq!((&resolved["status"], &resolved["resolvedBy"]), (&json!("removed"), &json!(admin.id)));
    assert_eq!(resolved["content"], "bad words");
    let (event, deleted) = hear(&mut ear).await;
    assert_eq!((event.as_str(), &deleted["content"]), ("message:deleted", &json!("")));
    assert!(platform.get(&sender, &path(&message)).await.expect(200)["deletedAt"].is_string());
    assert_eq!(resolve(&platform, &admin, id, "dismissed").await.refusal(), (409, "CONFLICT"));
    assert_eq!(platform.get(&admin, "/moderation/reports").await.expect(200), &json!([]));
    let closed = platform.get(&admin, "/moderation/reports?status=closed").await;
    assert_eq!(closed.expect(200), &json!([resolved]));
    let of_thread = format!("/threads/{thread}/reports");
    assert_eq!(platform.get(&owner, &of_thread).await.expect(200), &json!([]));
    let closed = platform.get(&owner, &format!("{of_thread}?status=closed")).await;
    assert_eq!(closed.expect(200)[0]["id"], made["id"]);
    let late = platform.post(&owner, &format!("{}/report", path(&message)), json!({"reason": "spam"})).await;
    assert_eq!(late.refusal(), (404, "MESSAGE_NOT_FOUND"));
}

#[tokio::test]
async fn nobody_decides_about_himself() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, moderator, member] = platform.users(tenant);
    let thread = platform.group(&[&owner, &moderator, &member]).await;
    let role = json!({"role": "moderator"});
    platform.patch(&owner, &format!("/threads/{thread}/members/{}", moderator.id), role).await.expect(200);
    let id = reported(&platform, &member, &moderator, &thread).await;
    let reports = format!("/threads/{thread}/reports");
    assert_eq!(platform.get(&moderator, &reports).await.expect(200), &json!([]));
    assert_eq!(platform.get(&owner, &reports).await.expect(200).as_array().unwrap().len(), 1);
    assert_eq!(platform.get(&member, &reports).await.refusal(), (403, "FORBIDDEN"));
    for user in [&moderator, &member] {
        assert_eq!(resolve(&platform, user, &id, "dismissed").await.refusal(), (403, "FORBIDDEN"));
    }
    let dismissed = resolve(&platform, &owner, &id, "dismissed").await.expect(200).clone();
    assert_eq!((&dismissed["status"], &dismissed["reporterId"]), (&json!("dismissed"), &Value::Null));
    let own = platform.say(&member, &thread, "mine").await;
    let refused = platform.post(&member, &format!("{}/report", path(&own)), json!({"reason": "hate"})).await;
    assert_eq!(refused.refusal(), (403, "FORBIDDEN"));
    let other = platform.post(&owner, &format!("{}/report", path(&own)), json!({"reason": "other"})).await;
    assert_eq!((other.refusal(), other.fields()), ((400, "VALIDATION_FAILED"), vec!["comment"]));
    let wrong = platform.post(&owner, &format!("{}/report", path(&own)), json!({"reason": "rule"})).await;
    assert_eq!(wrong.refusal().0, 400);
}

#[tokio::test]
async fn an_edited_message_is_reported_anew() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, sender, reporter] = platform.users(tenant);
    let thread = platform.group(&[&owner, &sender, &reporter]).await;
    let message = platform.say(&sender, &thread, "mild").await;
    let first = report(&platform, &reporter, &message).await;
    resolve(&platform, &owner, first["id"].as_str().unwrap(), "dismissed").await.expect(200);
    let again = report(&platform, &reporter, &message).await;
    assert_eq!((&again["id"], &again["status"], &again["note"]), (&first["id"], &json!("dismissed"), &Value::Null));
    platform.patch(&sender, &path(&message), json!({"content": "wild"})).await.expect(200);
    let second = report(&platform, &reporter, &message).await;
    assert_ne!(second["id"], first["id"]);
    let open = platform.get(&platform.admin(tenant), "/moderation/reports").await.expect(200).clone();
    assert_eq!((&open[0]["id"], &open[0]["content"], &open[0]["edits"]), (&second["id"], &json!("wild"), &json!(1)));
}

#[tokio::test]
async fn a_reported_admin_does_not_learn_who_has_reported_him() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let (admin, other_admin, reporter) = (platform.admin(tenant), platform.admin(tenant), platform.user(tenant));
    let thread = platform.group(&[&admin, &reporter]).await;
    let id = reported(&platform, &reporter, &admin, &thread).await;
    platform.post(&reporter, "/blocks", json!({"userId": admin.id})).await.expect(201);
    for path in ["/moderation/reports", "/moderation/audit-log"] {
        assert_eq!(platform.get(&admin, path).await.expect(200), &json!([]), "{path}");
        assert!(!platform.get(&other_admin, path).await.expect(200).as_array().unwrap().is_empty(), "{path}");
    }
    assert_eq!(resolve(&platform, &admin, &id, "dismissed").await.refusal(), (403, "FORBIDDEN"));
}

#[tokio::test]
async fn two_who_decide_at_once_decide_once() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let [owner, sender, reporter] = platform.users(tenant);
    let admin = platform.admin(tenant);
    let thread = platform.group(&[&owner, &sender, &reporter]).await;
    for _ in 0..5 {
        let id = reported(&platform, &reporter, &sender, &thread).await;
        let decisions = [resolve(&platform, &owner, &id, "removed"), resolve(&platform, &admin, &id, "dismissed")];
        let mut statuses: Vec<u16> =
            futures_util::future::join_all(decisions).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }
}
