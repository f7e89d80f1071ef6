//! `/threads`

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, platform};

#[tokio::test]
async fn a_thread_is_seen_by_its_members() {
    let platform = platform().await;
    let [creator, member] = platform.users(platform.tenant());
    let body = json!({"type": "channel", "name": "Stage crew", "memberIds": [member.id, creator.id, member.id]});
    let made = platform.post(&creator, "/threads", body).await;
    let made = made.expect(201).clone();
    assert_eq!((&made["type"], &made["name"]), (&json!("channel"), &json!("Stage crew")));
    assert_eq!((&made["lastSeq"], &made["unread"], &made["createdBy"]), (&json!(0), &json!(0), &json!(creator.id)));
    let roles: Vec<_> = made["members"].as_array().unwrap().iter().map(|m| (&m["userId"], &m["role"])).collect();
    assert_eq!(roles, [(&json!(creator.id), &json!("owner")), (&json!(member.id), &json!("member"))]);

    let path = format!("/threads/{}", made["id"].as_str().unwrap());
    assert_eq!(platform.get(&member, &path).await.expect(200), &made);
    assert_eq!(platform.get(&member, "/threads").await.expect(200), &json!([made]));
}

#[tokio::test]
async fn what_is_no_thread_is_refused() {
    let platform = platform().await;
    let (tenant, other_tenant) = (platform.tenant(), platform.tenant());
    let [creator, member] = platform.users(tenant);
    let foreigner = platform.user(other_tenant);
    let refused = async |body: Value| platform.post(&creator, "/threads", body).await;

    let answer = refused(json!({"type": "room", "memberIds": []})).await;
    assert_eq!(answer.refusal(), (400, "INVALID_THREAD_TYPE"));
    let answer = refused(json!({"type": "group", "memberIds": [member.id, foreigner.id]})).await;
    assert_eq!((answer.refusal(), answer.fields()), ((400, "VALIDATION_FAILED"), vec!["memberIds[1]"]));
    let answer = refused(json!({"type": "direct", "memberIds": [creator.id]})).await;
    assert_eq!((answer.refusal(), answer.fields()), ((400, "VALIDATION_FAILED"), vec!["memberIds"]));
    let answer = refused(json!({"type": "group", "memberIds": [], "topic": "x"})).await;
    assert_eq!((answer.refusal(), answer.fields()), ((400, "VALIDATION_FAILED"), vec!["topic"]));
    let answer = refused(json!({"type": "group", "memberIds": [], "name": ""})).await;
    assert_eq!((answer.refusal(), answer.fields()), ((400, "VALIDATION_FAILED"), vec!["name"]));
    let answer = refused(json!({"memberIds": []})).await;
    assert_eq!(answer.refusal(), (400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn without_auth_nobody_can_be_added() {
    let platform = platform().await;
    let [creator, member] = platform.users(platform.tenant());
    platform.directory.close();
    let answer = platform.post(&creator, "/threads", json!({"type": "group", "memberIds": [member.id]})).await;
    assert_eq!(answer.refusal(), (503, "UNAVAILABLE"));
    assert!(answer.headers.contains_key("retry-after"));
    platform.post(&creator, "/threads", json!({"type": "group", "memberIds": [creator.id]})).await.expect(201);
}

#[tokio::test]
async fn the_largest_thread_fits_in_one_transaction() {
    let platform = platform().await;
    let tenant = platform.tenant();
    let creator = platform.user(tenant);
    let others: [_; 48] = platform.users(tenant);
    let ids: Vec<_> = others.iter().map(|user| user.id).collect();
    let request = platform.request(Some(&creator), "POST", "/threads").header("idempotency-key", "largest");
    let answer = Answer::of(request.json(&json!({"type": "group", "memberIds": ids[..47]}))).await;
    assert_eq!(answer.expect(201)["members"].as_array().unwrap().len(), 48);
    let answer = platform.post(&creator, "/threads", json!({"type": "group", "memberIds": ids})).await;
    assert_eq!(answer.fields(), ["memberIds"]);
}

#[tokio::test]
async fn a_pair_has_one_direct_thread_however_it_is_asked_for() {
    let platform = platform().await;
    let [one, other] = platform.users(platform.tenant());
    let ask = async |from: &_, to: &crate::support::User| {
        let answer = platform.post(from, "/threads", json!({"type": "direct", "memberIds": [to.id]})).await;
        assert!([200, 201].contains(&answer.status), "{}", answer.body);
        (answer.status, answer.body["data"]["id"].as_str().unwrap().to_owned())
    };
    let asked = tokio::join!(ask(&one, &other), ask(&other, &one), ask(&one, &other), ask(&other, &one));
    let answers = [asked.0, asked.1, asked.2, asked.3, ask(&other, &one).await];
    let ids: BTreeSet<&String> = answers.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    assert_eq!(platform.get(&one, "/threads").await.expect(200).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn threads_are_listed_by_last_activity_with_what_is_unread() {
    let platform = platform().await;
    let [one, other] = platform.users(platform.tenant());
    let mut threads = Vec::new();
    for _ in 0..5 {
        platform.clock.advance(SignedDuration::from_secs(1));
        threads.push(platform.group(&[&one, &other]).await);
    }
    for (thread, messages) in [(1, 2), (3, 1)] {
        for _ in 0..messages {
            platform.clock.advance(SignedDuration::from_secs(1));
            platform.say(&one, &threads[thread], "hello").await;
        }
    }
    let mut seen: Vec<(String, u64)> = Vec::new();
    let mut path = "/threads?limit=2".to_owned();
    loop {
        let page = platform.get(&other, &path).await;
        let rows = page.expect(200).as_array().unwrap();
        seen.extend(rows.iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row["unread"].as_u64().unwrap())));
        match page.next_cursor() {
            Some(cursor) => path = format!("/threads?cursor={cursor}"),
            None => break,
        }
    }
    let wanted = [(3, 1), (1, 2), (4, 0), (2, 0), (0, 0)];
    assert_eq!(seen, wanted.map(|(thread, unread): (usize, u64)| (threads[thread].clone(), unread)));

    // Who sends has read what came before.
    platform.say(&other, &threads[1], "hello yourself").await;
    let thread = platform.get(&other, &format!("/threads/{}", threads[1])).await;
    assert_eq!((&thread.expect(200)["lastSeq"], &thread.body["data"]["unread"]), (&json!(3), &json!(0)));
    let thread = platform.get(&one, &format!("/threads/{}", threads[1])).await;
    assert_eq!(thread.expect(200)["unread"], 1);
}

#[tokio::test]
async fn a_cursor_is_of_its_own_list_and_user() {
    let platform = platform().await;
    let [one, other] = platform.users(platform.tenant());
    let thread = platform.group(&[&one, &other]).await;
    platform.group(&[&one, &other]).await;
    let page = platform.get(&one, "/threads?limit=1").await;
    let cursor = page.next_cursor().unwrap();
    for (user, path) in [(&other, "/threads".to_owned()), (&one, format!("/threads/{thread}/messages"))] {
        let answer = platform.get(user, &format!("{path}?cursor={cursor}")).await;
        assert_eq!(answer.refusal(), (400, "INVALID_CURSOR"));
    }
    assert_eq!(platform.get(&one, "/threads?cursor=x").await.refusal(), (400, "INVALID_CURSOR"));
    assert_eq!(platform.get(&one, "/threads?limit=101").await.refusal(), (400, "VALIDATION_FAILED"));
}

#[tokio::test]
async fn making_a_thread_twice_with_one_key_makes_one() {
    let platform = platform().await;
    let user = platform.user(platform.tenant());
    let make = async |name: &str| {
        let request = platform.request(Some(&user), "POST", "/threads").header("idempotency-key", "once");
        Answer::of(request.json(&json!({"type": "group", "name": name}))).await
    };
    let first = make("a").await;
    let again = make("a").await;
    assert_eq!(again.expect(201), first.expect(201));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(make("b").await.refusal(), (422, "IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(platform.get(&user, "/threads").await.expect(200).as_array().unwrap().len(), 1);
}
