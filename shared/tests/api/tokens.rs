use aws_lc_rs::hmac;
use axum::body::Body;
use serde_json::{Value, json};

use crate::callers::{Caller, KID, encode, header, signer, unsigned};
use crate::support::{World, call};

/// A token with these fields changed; null takes one away.
fn changed(original: Value, changes: &Value) -> Value {
    let mut whole = original;
    for (name, value) in changes.as_object().unwrap() {
        let fields = whole.as_object_mut().unwrap();
        match value {
            Value::Null => drop(fields.remove(name)),
            value => drop(fields.insert(name.clone(), value.clone())),
        }
    }
    whole
}

#[tokio::test]
async fn without_a_token_nobody_comes_in() {
    let world = World::start().await;
    let token = Caller::user().token(&world.clock);
    let cases = [
        None,
        Some(String::new()),
        Some("Bearer".into()),
        Some("Bearer ".into()),
        Some(token.clone()),
        Some(format!("Basic {token}")),
    ];
    for value in cases {
        let mut request = call("GET", "/me");
        if let Some(value) = &value {
            request = request.header("authorization", value);
        }
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.refusal(), (401, "UNAUTHORIZED"), "{value:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    let twice = call("GET", "/me").header("authorization", format!("Bearer {token}"));
    let twice = twice.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    assert_eq!(world.send(twice).await.refusal(), (401, "UNAUTHORIZED"));
    assert_eq!(world.get("/me", &token).await.status, 200);
}

#[tokio::test]
async fn a_header_that_is_not_ours_is_refused() {
    let world = World::start().await;
    let claims = Caller::user().claims(&world.clock);
    let jwk = json!({"kty": "RSA", "n": encode(b"modulus"), "e": "AQAB"});
    for changes in [
        json!({"typ": null}),
        json!({"typ": "JWT"}),
        json!({"kid": null}),
        json!({"kid": "another"}),
        json!({"jku": "https://evil.example/jwks.json"}),
        json!({"jwk": jwk}),
        json!({"x5u": "https://evil.example/cert.pem"}),
        json!({"x5c": ["MIIB"]}),
        json!({"crit": ["exp"]}),
        json!({"crit": []}),
        json!({"alg": "RS512"}),
        json!({"alg": "PS256"}),
        json!({"alg": null}),
    ] {
        let token = signer().sign(&changed(header(), &changes), &claims);
        assert_eq!(world.get("/me", &token).await.refusal(), (401, "UNAUTHORIZED"), "{changes}");
    }
}

#[tokio::test]
async fn a_token_without_our_signature_is_refused() {
    let world = World::start().await;
    let claims = Caller::user().claims(&world.clock);
    let good = signer().sign(&header(), &claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();

    let none = |alg: &str| format!("{}.", unsigned(&changed(header(), &json!({"alg": alg})), &claims));
    let hmac = {
        let message = unsigned(&json!({"alg": "HS256", "typ": "at+jwt", "kid": KID}), &claims);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &signer().public_der());
        format!("{message}.{}", encode(hmac::sign(&key, message.as_bytes()).as_ref()))
    };
    let richer = unsigned(&header(), &changed(claims.clone(), &json!({"roles": ["admin"]})));
    for token in [
        none("none"),
        none("None"),
        hmac,
        format!("{signed}."),
        signed.to_owned(),
        format!("{richer}.{signature}"),
        "garbage".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(9000),
    ] {
        assert_eq!(world.get("/me", &token).await.refusal(), (401, "UNAUTHORIZED"), "{token}");
    }
}

#[tokio::test]
async fn claims_that_are_not_for_us_are_refused() {
    let world = World::start().await;
    let claims = Caller::user().claims(&world.clock);
    let second = world.clock.now().as_second();
    for (changes, code) in [
        (json!({"iss": "https://evil.example"}), "UNAUTHORIZED"),
        (json!({"iss": null}), "UNAUTHORIZED"),
        (json!({"aud": "another"}), "UNAUTHORIZED"),
        (json!({"aud": null}), "UNAUTHORIZED"),
        (json!({"exp": null}), "UNAUTHORIZED"),
        (json!({"sub": "somebody"}), "UNAUTHORIZED"),
        (json!({"tenantId": null}), "UNAUTHORIZED"),
        (json!({"roles": ["root"]}), "UNAUTHORIZED"),
        (json!({"exp": second - 31}), "TOKEN_EXPIRED"),
    ] {
        let token = signer().sign(&header(), &changed(claims.clone(), &changes));
        assert_eq!(world.get("/me", &token).await.refusal(), (401, code), "{changes}");
    }
}

#[tokio::test]
async fn a_token_ends_when_it_says_but_for_the_leeway() {
    let world = World::start().await;
    let token = Caller::user().token(&world.clock);
    world.advance(900 + 29);
    assert_eq!(world.get("/me", &token).await.status, 200);
    world.advance(2);
    assert_eq!(world.get("/me", &token).await.refusal(), (401, "TOKEN_EXPIRED"));
    // Expired says nothing to whoever cannot prove that it was ours.
    let forged = format!("{}x", &token[..token.len() - 6]);
    assert_eq!(world.get("/me", &forged).await.refusal(), (401, "UNAUTHORIZED"));
}

#[tokio::test]
async fn a_token_of_the_future_is_refused() {
    let world = World::start().await;
    let later = shared::clock::Clock::manual(world.clock.now() + jiff::SignedDuration::from_secs(60));
    let token = Caller::user().token(&later);
    assert_eq!(world.get("/me", &token).await.refusal(), (401, "UNAUTHORIZED"));
    world.advance(40);
    assert_eq!(world.get("/me", &token).await.status, 200);
}

#[tokio::test]
async fn unknown_keys_do_not_become_store_calls() {
    let world = World::start().await;
    let claims = Caller::user().claims(&world.clock);
    let forged: Vec<String> =
        (0..50).map(|n| signer().sign(&changed(header(), &json!({"kid": format!("forged-{n}")})), &claims)).collect();
    let before = world.calls("Query");
    let all = forged.iter().map(|token| world.get("/me", token));
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.refusal(), (401, "UNAUTHORIZED"));
    }
    for token in &forged {
        assert_eq!(world.get("/me", token).await.status, 401);
    }
    assert_eq!(world.calls("Query") - before, 1);
}

#[tokio::test]
async fn a_key_published_later_is_found_after_the_pause() {
    let world = World::start().await;
    let caller = Caller::user();
    assert_eq!(world.get("/me", &caller.token(&world.clock)).await.status, 200);
    let (_, mut item) = signer().published(world.clock.now());
    (item.kid, item.generation) = ("the-next-key".to_owned(), 2);
    let keys = world.platform.store().table("SigningKeys");
    assert!(keys.put(&shared::auth::PublicKey::key(2), &item).run().await.unwrap());
    let token = || signer().sign(&changed(header(), &json!({"kid": "the-next-key"})), &caller.claims(&world.clock));
    assert_eq!(world.get("/me", &token()).await.status, 401);
    world.advance(10);
    assert_eq!(world.get("/me", &token()).await.status, 200);
}
