use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::callers::Caller;
use crate::support::World;

/// A tenant with notes `a0` to `a4` and `b0` to `b4`.
async fn ten_notes(world: &World, caller: &Caller) {
    let token = caller.token(&world.clock);
    for number in 0..10 {
        let text = format!("{}{}", if number < 5 { 'a' } else { 'b' }, number % 5);
        assert_eq!(world.post("/notes", &token, &json!({"textOfNote": text})).await.status, 201);
    }
}

async fn page(world: &World, caller: &Caller, path: &str) -> (Vec<String>, Value) {
    let answer = world.get(path, &caller.token(&world.clock)).await;
    let texts = answer.data().as_array().unwrap().iter().map(|note| note["textOfNote"].as_str().unwrap().to_owned());
    (texts.collect(), answer.body["page"].clone())
}

fn cursor(page: &Value) -> &str {
    page["next_cursor"].as_str().unwrap()
}

#[tokio::test]
async fn pages_follow_each_other_to_the_end() {
    let (world, caller) = (World::start().await, Caller::user());
    ten_notes(&world, &caller).await;
    let (first, at) = page(&world, &caller, "/notes?limit=4").await;
    assert_eq!((first.join(" ").as_str(), &at["has_more"], &at["limit"]), ("a0 a1 a2 a3", &json!(true), &json!(4)));
    // The cursor remembers the limit.
    let (second, at) = page(&world, &caller, &format!("/notes?cursor={}", cursor(&at))).await;
    assert_eq!((second.join(" ").as_str(), &at["limit"]), ("a4 b0 b1 b2", &json!(4)));
    let (third, at) = page(&world, &caller, &format!("/notes?limit=10&cursor={}", cursor(&at))).await;
    assert_eq!(third, ["b3", "b4"]);
    assert_eq!(at, json!({"next_cursor": null, "has_more": false, "limit": 10}));
}

#[tokio::test]
async fn a_limit_is_1_to_100() {
    let (world, caller) = (World::start().await, Caller::user());
    let token = caller.token(&world.clock);
    for limit in ["0", "101", "-1", "x", "1.5", "", "99999999999"] {
        let answer = world.get(&format!("/notes?limit={limit}"), &token).await;
        assert_eq!(answer.refusal(), (400, "VALIDATION_FAILED"), "{limit}");
        assert_eq!(answer.body["error"]["details"][0]["field"], "limit");
    }
    for (query, limit) in [("", 20), ("?limit=1", 1), ("?limit=100", 100)] {
        let (_, at) = page(&world, &caller, &format!("/notes{query}")).await;
        assert_eq!(at["limit"], limit);
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_alone() {
    let (world, caller) = (World::start().await, Caller::user());
    ten_notes(&world, &caller).await;
    let (_, at) = page(&world, &caller, "/notes?limit=2&prefix=a").await;
    let own = cursor(&at).to_owned();
    let (next, _) = page(&world, &caller, &format!("/notes?prefix=a&cursor={own}")).await;
    assert_eq!(next, ["a2", "a3"]);

    let colleague = Caller { tenant: caller.tenant, ..Caller::user() };
    let cases = [
        ("another user", &colleague, format!("/notes?prefix=a&cursor={own}")),
        ("another tenant", &caller.elsewhere(), format!("/notes?prefix=a&cursor={own}")),
        ("another endpoint", &caller, format!("/archive?prefix=a&cursor={own}")),
        ("another filter", &caller, format!("/notes?prefix=b&cursor={own}")),
        ("no filter", &caller, format!("/notes?cursor={own}")),
        ("cut off", &caller, format!("/notes?prefix=a&cursor={}", &own[..own.len() - 4])),
        ("none", &caller, "/notes?prefix=a&cursor=".to_owned()),
        ("the seed's", &caller, "/notes?prefix=a&cursor=eyJwYWdlIjoyLCJsaW1pdCI6MjB9".to_owned()),
    ];
    for (what, caller, path) in cases {
        let answer = world.get(&path, &caller.token(&world.clock)).await;
        assert_eq!(answer.refusal(), (400, "INVALID_CURSOR"), "{what}");
    }
}

#[tokio::test]
async fn a_cursors_limit_cannot_be_raised_over_100() {
    let (world, caller) = (World::start().await, Caller::user());
    ten_notes(&world, &caller).await;
    let (_, at) = page(&world, &caller, "/notes?limit=2").await;
    let mut open: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor(&at)).unwrap()).unwrap();
    open["limit"] = json!(1000);
    let forged = URL_SAFE_NO_PAD.encode(open.to_string());
    let answer = world.get(&format!("/notes?cursor={forged}"), &caller.token(&world.clock)).await;
    assert_eq!(answer.refusal(), (400, "INVALID_CURSOR"));
}
