//! Passkeys: adding, showing and removing them.

use auth::accounts::Account;
use http::Method;
use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::{Role, Roles};
use shared::jobs::About;

use crate::authenticator::Authenticator;
use crate::support::{Answer, App, PASSWORD, T1, T2, TOTP_SECRET, refusal};

const FAILED: (u16, &str) = (400, "WEBAUTHN_FAILED");

/// Begins to add a passkey.
async fn begin_adding(app: &App, token: &str) -> Value {
    let answer = app.call(Method::POST, "/webauthn/register/options").bearer(token).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].clone()
}

/// Answers it.
async fn add(app: &App, token: &str, begun: &Value, credential: &Value) -> Answer {
    let body = json!({"ceremonyId": begun["ceremonyId"], "credential": credential});
    app.post("/webauthn/register", &body).bearer(token).send().await
}

/// Adds the authenticator's passkey to the account of the token.
async fn register(app: &App, token: &str, authenticator: &mut Authenticator) -> Value {
    let begun = begin_adding(app, token).await;
    let answer = add(app, token, &begun, &authenticator.create(&begun["publicKey"])).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["data"].clone()
}

/// Begins to show a passkey.
async fn begin(app: &App) -> Value {
    let answer = app.call(Method::POST, "/webauthn/authenticate/options").send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].clone()
}

/// What is sent to show it.
fn shown(begun: &Value, credential: &Value) -> Value {
    json!({"ceremonyId": begun["ceremonyId"], "credential": credential})
}

/// Shows it.
async fn show(app: &App, begun: &Value, credential: &Value) -> Answer {
    app.post("/webauthn/authenticate", &shown(begun, credential)).send().await
}

/// Signs in with the authenticator's passkey.
async fn sign_in(app: &App, authenticator: &mut Authenticator) -> Answer {
    let begun = begin(app).await;
    show(app, &begun, &authenticator.get(&begun["publicKey"])).await
}

fn is(answer: &Answer, refused: (u16, &str)) -> bool {
    (answer.status.as_u16(), answer.code().as_str()) == refused
}

/// An account with a passkey, the token of the session that added it, and its authenticator.
async fn start(mut authenticator: Authenticator) -> (App, Account, String, Authenticator) {
    let app = App::start().await;
    let account = app.account("ada", Role::Admin).await;
    let token = app.token("ada").await;
    register(&app, &token, &mut authenticator).await;
    (app, account, token, authenticator)
}

#[tokio::test]
async fn a_passkey_stays_when_the_address_changes() {
    let (app, account, token, mut authenticator) = start(Authenticator::synced()).await;
    let _ = app.mails().await;
    crate::addresses::change_address(&app, &token, "lovelace@example.com").await;
    let signed_in = sign_in(&app, &mut authenticator).await;
    assert_eq!(signed_in.body["data"]["user"]["id"], json!(account.id));
    assert_eq!(signed_in.body["data"]["user"]["email"], "lovelace@example.com");
}

/// Changes an account behind the API's back.
pub(crate) async fn change(app: &App, account: &Account, change: impl FnOnce(&mut Account)) {
    let accounts = &app.auth.state().accounts;
    let mut account = accounts.get(account.id).await.unwrap().unwrap();
    change(&mut account);
    assert!(accounts.save(&mut account).run().await.unwrap());
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in() {
    let app = App::start().await;
    app.account("ada", Role::Admin).await;
    let (other, token) = (app.token("ada").await, app.token("ada").await);
    app.mails().await;
    let begun = begin_adding(&app, &token).await;
    let options = &begun["publicKey"];
    assert_eq!(options["rp"], json!({"id": "localhost", "name": "EventZR"}));
    assert_eq!(options["timeout"], 300_000);
    let wanted = json!({"residentKey": "required", "requireResidentKey": true, "userVerification": "required"});
    assert_eq!(options["authenticatorSelection"], wanted);
    assert_eq!((&options["excludeCredentials"], &options["attestation"]), (&json!([]), &json!("none")));

    let mut authenticator = Authenticator::counting();
    let mut body = shown(&begun, &authenticator.create(options));
    body["name"] = json!("My key");
    let added = app.post("/webauthn/register", &body).bearer(&token).send().await;
    assert_eq!(added.status, 201, "{added:?}");
    let view = &added.body["data"];
    assert_eq!((&view["name"], &view["lastUsedAt"]), (&json!("My key"), &Value::Null));
    let mail = app.mail_to("ada@example.com").await;
    assert!(matches!(&mail, About::FactorAdded { factor, .. } if factor == "Passkey"), "{mail:?}");
    assert_eq!(app.get("/profile").bearer(&other).refused().await, refusal(401, "UNAUTHORIZED"));
    assert_eq!(app.get("/profile").bearer(&token).send().await.status, 200);

    app.advance(SignedDuration::from_hours(1));
    let signed_in = sign_in(&app, &mut authenticator).await;
    assert_eq!((signed_in.status.as_u16(), signed_in.text("/data/user/email").as_str()), (200, "ada@example.com"));
    let token = signed_in.text("/data/accessToken");
    let list = app.get("/webauthn/credentials").bearer(&token).send().await;
    assert_eq!(list.body["page"], json!({"next_cursor": null, "has_more": false, "limit": 20}));
    let listed = &list.body["data"][0];
    assert_eq!((&listed["id"], &listed["createdAt"]), (&view["id"], &view["createdAt"]));
    assert!(listed["lastUsedAt"].as_str() > listed["createdAt"].as_str(), "{listed}");

    let log = app.get("/audit-log").bearer(&token).send().await;
    let acts = log.body["data"].as_array().unwrap();
    let has = |act: &str, detail: &str, value: &Value| {
        acts.iter().any(|event| event["type"] == act && &event["details"][detail] == value)
    };
    assert!(has("passkeyAdded", "subject", &view["id"]) && has("signedIn", "method", &json!("passkey")), "{acts:?}");
}

#[tokio::test]
async fn options_are_alike_for_known_and_unknown() {
    let (app, ..) = start(Authenticator::synced()).await;
    let mut seen = Vec::new();
    for body in [json!({"email": "ada@example.com"}), json!({"email": "nobody@example.com"}), json!({})] {
        let answer = app.post("/webauthn/authenticate/options", &body).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut data = answer.body["data"].clone();
        assert_ne!(data["ceremonyId"].take(), data["publicKey"]["challenge"].take());
        seen.push(data);
    }
    let bare = begin(&app).await;
    assert_eq!(bare["publicKey"]["allowCredentials"], json!([]));
    assert_eq!(bare["publicKey"]["userVerification"], "required");
    assert!(bare.get("mediation").is_none());
    assert!(seen.iter().all(|data| data == &seen[0]), "{seen:?}");
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_recorded() {
    let (app, _, token, mut authenticator) = start(Authenticator::counting()).await;
    assert_eq!(sign_in(&app, &mut authenticator).await.status, 200);
    authenticator.counter = Some(0);
    let copied = sign_in(&app, &mut authenticator).await;
    assert!(is(&copied, FAILED), "{copied:?}");
    // The same number is refused, too.
    let copied = sign_in(&app, &mut authenticator).await;
    assert!(is(&copied, FAILED), "{copied:?}");
    assert_eq!(sign_in(&app, &mut authenticator).await.status, 200);
    let log = app.get("/audit-log").bearer(&token).send().await;
    let failures = log.body["data"].as_array().unwrap().iter().filter(|event| event["result"] == "failure");
    let reasons: Vec<&Value> = failures.map(|event| &event["details"]["reason"]).collect();
    assert_eq!(reasons, ["counterWentBack", "counterWentBack"]);
}

#[tokio::test]
async fn a_ceremony_is_good_once_and_for_five_minutes() {
    let (app, _, token, mut authenticator) = start(Authenticator::counting()).await;
    let begun = begin(&app).await;
    let credential = authenticator.get(&begun["publicKey"]);
    assert_eq!(show(&app, &begun, &credential).await.status, 200);
    assert!(is(&show(&app, &begun, &credential).await, FAILED));
    let again = authenticator.get(&begun["publicKey"]);
    assert!(is(&show(&app, &begun, &again).await, FAILED));
    // A wrong answer ends it as well.
    let begun = begin(&app).await;
    authenticator.origin = "https://evil.example";
    assert!(is(&show(&app, &begun, &authenticator.get(&begun["publicKey"])).await, FAILED));
    authenticator.origin = "http://localhost:8080";
    assert!(is(&show(&app, &begun, &authenticator.get(&begun["publicKey"])).await, FAILED));

    let adding = begin_adding(&app, &token).await;
    let mut second = Authenticator::synced();
    assert_eq!(add(&app, &token, &adding, &second.create(&adding["publicKey"])).await.status, 201);
    assert!(is(&add(&app, &token, &adding, &second.create(&adding["publicKey"])).await, FAILED));

    let (showing, adding) = (begin(&app).await, begin_adding(&app, &token).await);
    app.advance(SignedDuration::from_mins(5));
    assert!(is(&show(&app, &showing, &authenticator.get(&showing["publicKey"])).await, FAILED));
    assert!(is(&add(&app, &token, &adding, &second.create(&adding["publicKey"])).await, FAILED));
    // One is not good for the other.
    let (showing, adding) = (begin(&app).await, begin_adding(&app, &token).await);
    assert!(is(&add(&app, &token, &showing, &second.create(&adding["publicKey"])).await, FAILED));
    assert!(is(&show(&app, &adding, &authenticator.get(&showing["publicKey"])).await, FAILED));
}

#[tokio::test]
async fn somebody_elses_ceremony_is_refused_and_not_used_up() {
    let (app, _, ada, _) = start(Authenticator::synced()).await;
    app.account("eve", Role::User).await;
    let eve = app.token("eve").await;
    let begun = begin_adding(&app, &ada).await;
    let mut authenticator = Authenticator::synced();
    let credential = authenticator.create(&begun["publicKey"]);
    assert!(is(&add(&app, &eve, &begun, &credential).await, FAILED));
    assert_eq!(add(&app, &ada, &begun, &credential).await.status, 201);
}

#[tokio::test]
async fn what_does_not_answer_the_ceremony_is_refused() {
    let (app, _, token, mut good) = start(Authenticator::counting()).await;
    for (origin, verifies_user) in [
        ("http://localhost:8081", true),
        ("https://localhost:8080", true),
        ("http://evil.localhost:8080", true),
        ("http://localhost:8080", false),
    ] {
        let mut authenticator = Authenticator { origin, verifies_user, ..Authenticator::synced() };
        let adding = begin_adding(&app, &token).await;
        let added = add(&app, &token, &adding, &authenticator.create(&adding["publicKey"])).await;
        assert!(is(&added, FAILED), "{origin} {verifies_user}: {added:?}");
        (good.origin, good.verifies_user) = (origin, verifies_user);
        let answer = sign_in(&app, &mut good).await;
        assert!(is(&answer, FAILED), "{origin} {verifies_user}: {answer:?}");
    }
    (good.origin, good.verifies_user) = ("http://localhost:8080", true);
    // Another ceremony's challenge.
    let (first, second) = (begin(&app).await, begin(&app).await);
    assert!(is(&show(&app, &first, &good.get(&second["publicKey"])).await, FAILED));
    // Another service's passkey.
    let mut begun = begin(&app).await;
    begun["publicKey"]["rpId"] = json!("evil.example");
    assert!(is(&show(&app, &begun, &good.get(&begun["publicKey"])).await, FAILED));
    // Another key under the same id.
    let (credential_id, user_handle) = (good.credential_id.clone(), good.user_handle.clone());
    let mut forged = Authenticator { credential_id, user_handle, counter: Some(99), ..Authenticator::counting() };
    assert!(is(&sign_in(&app, &mut forged).await, FAILED));
    // Nobody's credential, and somebody else's name.
    let mut unknown = Authenticator { user_handle: good.user_handle.clone(), ..Authenticator::counting() };
    assert!(is(&sign_in(&app, &mut unknown).await, FAILED));
    let right = std::mem::replace(&mut good.user_handle, "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    assert!(is(&sign_in(&app, &mut good).await, FAILED));
    good.user_handle = right;
    // A ceremony that never was.
    let begun = json!({"ceremonyId": uuid::Uuid::nil(), "publicKey": begin(&app).await["publicKey"]});
    assert!(is(&show(&app, &begun, &good.get(&begun["publicKey"])).await, FAILED));
    assert_eq!(sign_in(&app, &mut good).await.status, 200);
}

#[tokio::test]
async fn an_account_has_up_to_twenty() {
    let (app, _, token, mut first) = start(Authenticator::synced()).await;
    let mut second = Authenticator::counting();
    register(&app, &token, &mut second).await;
    for authenticator in [&mut first, &mut second] {
        assert_eq!(sign_in(&app, authenticator).await.status, 200);
    }
    for _ in 2..19 {
        register(&app, &token, &mut Authenticator::synced()).await;
    }
    let begun = [begin_adding(&app, &token).await, begin_adding(&app, &token).await];
    assert_eq!(begun[0]["publicKey"]["excludeCredentials"].as_array().unwrap().len(), 19);
    let added = add(&app, &token, &begun[0], &second.create(&begun[0]["publicKey"])).await;
    assert_eq!(added.status, 201, "{added:?}");
    let refused = add(&app, &token, &begun[1], &second.create(&begun[1]["publicKey"])).await;
    assert!(is(&refused, (409, "CONFLICT")), "{refused:?}");
    let refused = app.call(Method::POST, "/webauthn/register/options").bearer(&token).refused().await;
    assert_eq!(refused, refusal(409, "CONFLICT"));
    let list = app.get("/webauthn/credentials?limit=15").bearer(&token).send().await;
    let rest = app.get(&format!("/webauthn/credentials?cursor={}", list.text("/page/next_cursor"))).bearer(&token);
    assert_eq!(list.body["data"].as_array().unwrap().len(), 15);
    assert_eq!(rest.send().await.body["data"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_credential_is_a_passkey_of_one_account() {
    let (app, _, ada, mut authenticator) = start(Authenticator::synced()).await;
    app.account("eve", Role::User).await;
    let eve = app.token("eve").await;
    for token in [&ada, &eve] {
        let begun = begin_adding(&app, token).await;
        let again = authenticator.attest(&begun["publicKey"]);
        let refused = add(&app, token, &begun, &again).await;
        assert!(is(&refused, FAILED), "{refused:?}");
    }
    // Of two accounts at once, too.
    let (first, second) = (begin_adding(&app, &ada).await, begin_adding(&app, &eve).await);
    let mut authenticator = Authenticator::synced();
    let credentials = [authenticator.create(&first["publicKey"]), authenticator.attest(&second["publicKey"])];
    let (one, other) =
        tokio::join!(add(&app, &ada, &first, &credentials[0]), add(&app, &eve, &second, &credentials[1]));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400]);
}

#[tokio::test]
async fn a_passkey_is_removed_but_not_the_last_way_in() {
    let (app, account, token, mut authenticator) = start(Authenticator::synced()).await;
    app.account("eve", Role::User).await;
    let (eve, other) = (app.token("eve").await, app.token("ada").await);
    app.advance(SignedDuration::from_secs(1));
    let list = app.get("/webauthn/credentials").bearer(&token).send().await;
    let path = format!("/webauthn/credentials/{}", list.text("/data/0/id"));
    let remove = |token: &str| app.call(Method::DELETE, &path).bearer(token);
    assert_eq!(remove(&eve).refused().await, refusal(404, "NOT_FOUND"));

    change(&app, &account, |account| account.password_hash = None).await;
    let refused = remove(&token).send().await;
    assert!(is(&refused, (409, "CONFLICT")) && refused.text("/error/message").contains("last way"), "{refused:?}");
    let mut second = Authenticator::synced();
    register(&app, &token, &mut second).await;
    app.mails().await;
    assert_eq!(remove(&token).send().await.status, 200);
    let mail = app.mail_to("ada@example.com").await;
    assert!(matches!(&mail, About::FactorRemoved { factor, .. } if factor == "Passkey"), "{mail:?}");
    assert_eq!(remove(&token).refused().await, refusal(404, "NOT_FOUND"));
    assert_eq!(app.get("/profile").bearer(&other).refused().await, refusal(401, "UNAUTHORIZED"));
    assert!(is(&sign_in(&app, &mut authenticator).await, FAILED));
    assert_eq!(sign_in(&app, &mut second).await.status, 200);
    let stored = app.auth.state().accounts.get(account.id).await.unwrap().unwrap();
    assert_eq!(stored.passkeys, 1);
    // The credential is free again.
    let begun = begin_adding(&app, &token).await;
    let again = authenticator.attest(&begun["publicKey"]);
    assert_eq!(add(&app, &token, &begun, &again).await.status, 201);
}

#[tokio::test]
async fn of_the_last_two_removed_at_once_one_stays() {
    let (app, account, token, _) = start(Authenticator::synced()).await;
    register(&app, &token, &mut Authenticator::synced()).await;
    change(&app, &account, |account| account.password_hash = None).await;
    let list = app.get("/webauthn/credentials").bearer(&token).send().await;
    let paths = [0, 1].map(|index| format!("/webauthn/credentials/{}", list.text(&format!("/data/{index}/id"))));
    let calls = paths.iter().map(|path| app.call(Method::DELETE, path).bearer(&token).send());
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(calls).await.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn changes_need_a_fresh_sign_in() {
    let (app, _, token, mut authenticator) = start(Authenticator::synced()).await;
    let begun = begin_adding(&app, &token).await;
    app.advance(SignedDuration::from_mins(10));
    let stale = refusal(403, "STEP_UP_REQUIRED");
    assert_eq!(app.call(Method::POST, "/webauthn/register/options").bearer(&token).refused().await, stale);
    let list = app.get("/webauthn/credentials").bearer(&token).send().await;
    let path = format!("/webauthn/credentials/{}", list.text("/data/0/id"));
    assert_eq!(app.call(Method::DELETE, &path).bearer(&token).refused().await, stale);
    let body = shown(&begun, &authenticator.create(&begun["publicKey"]));
    assert_eq!(app.post("/webauthn/register", &body).bearer(&token).refused().await, stale);
}

#[tokio::test]
async fn it_is_two_factors_in_one() {
    let app = App::start().await;
    app.account_with("dev", |new| new.totp_secret = Some(TOTP_SECRET.to_vec())).await;
    let challenge = app.login("dev").await["mfaToken"].clone();
    let code = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_secret(TOTP_SECRET.to_vec())
        .build()
        .unwrap()
        .generate(u64::try_from(app.clock.now().as_second()).unwrap())
        .to_string();
    let verified = app.post("/mfa/totp/verify", &json!({"mfaToken": challenge, "code": code})).send().await;
    let mut authenticator = Authenticator::synced();
    register(&app, &verified.text("/data/accessToken"), &mut authenticator).await;
    let signed_in = sign_in(&app, &mut authenticator).await;
    assert!(signed_in.body["data"]["accessToken"].is_string(), "{signed_in:?}");
}

#[tokio::test]
async fn it_signs_in_while_the_password_is_locked() {
    let (app, _, _, mut authenticator) = start(Authenticator::counting()).await;
    for _ in 0..10 {
        app.post("/login", &json!({"username": "ada", "password": "wrong"})).send().await;
    }
    let locked = app.post("/login", &json!({"username": "ada", "password": PASSWORD})).refused().await;
    assert_eq!(locked, refusal(423, "ACCOUNT_LOCKED"));
    assert_eq!(sign_in(&app, &mut authenticator).await.status, 200);
}

#[tokio::test]
async fn the_same_answer_at_once_signs_in_once() {
    let (app, _, _, mut authenticator) = start(Authenticator::synced()).await;
    let begun = begin(&app).await;
    let credential = authenticator.get(&begun["publicKey"]);
    let answers = futures_util::future::join_all((0..5).map(|_| show(&app, &begun, &credential))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| is(answer, FAILED)).count(), 4, "{answers:?}");
    // Of two ceremonies at once both sign in.
    let (first, second) = (begin(&app).await, begin(&app).await);
    let credentials = [authenticator.get(&first["publicKey"]), authenticator.get(&second["publicKey"])];
    let (one, other) = tokio::join!(show(&app, &first, &credentials[0]), show(&app, &second, &credentials[1]));
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (200, 200), "{one:?} {other:?}");
}

#[tokio::test]
async fn a_third_of_transactions_in_conflict_only_makes_it_slower() {
    let (app, _, token, mut authenticator) = start(Authenticator::counting()).await;
    app.aws.faults().inject("TransactWriteItems", Fault::TransactionConflict, When::Probability(0.3));
    register(&app, &token, &mut Authenticator::synced()).await;
    for _ in 0..10 {
        assert_eq!(sign_in(&app, &mut authenticator).await.status, 200);
    }
}

#[tokio::test]
async fn adding_twice_with_one_idempotency_key_adds_once() {
    let (app, _, token, _) = start(Authenticator::synced()).await;
    let begun = begin_adding(&app, &token).await;
    let body = shown(&begun, &Authenticator::synced().create(&begun["publicKey"]));
    let add = || app.post("/webauthn/register", &body).bearer(&token).header("idempotency-key", "k1");
    let (first, again) = (add().send().await, add().send().await);
    assert_eq!((first.status, &first.body["data"]), (again.status, &again.body["data"]));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    let list = app.get("/webauthn/credentials").bearer(&token).send().await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn it_signs_in_to_the_named_tenant() {
    let app = App::start().await;
    let both = [T1, T2].map(|tenant| (tenant, Roles(vec![Role::User]))).to_vec();
    app.account_with("ada", |new| new.memberships = both).await;
    let mut authenticator = Authenticator::synced();
    register(&app, &app.token("ada").await, &mut authenticator).await;
    for (tenant, status) in [(T1, 200), (T2, 200), (shared::auth::SYSTEM_TENANT, 403)] {
        let begun = begin(&app).await;
        let body = shown(&begun, &authenticator.get(&begun["publicKey"]));
        let call = app.post("/webauthn/authenticate", &body).header("x-tenant-id", &tenant.to_string());
        let answer = call.send().await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(status == 403 || answer.text("/data/user/tenantId") == tenant.to_string(), "{answer:?}");
    }
}

#[tokio::test]
async fn who_may_not_sign_in_is_told_so_by_his_own_passkey_only() {
    let (app, account, _, mut authenticator) = start(Authenticator::synced()).await;
    change(&app, &account, |account| account.suspended_at = Some(account.created_at)).await;
    assert!(is(&sign_in(&app, &mut authenticator).await, (403, "ACCOUNT_SUSPENDED")));
    authenticator.origin = "https://evil.example";
    assert!(is(&sign_in(&app, &mut authenticator).await, FAILED));
    authenticator.origin = "http://localhost:8080";
    change(&app, &account, |account| {
        account.suspended_at = None;
        account.verified_at = None;
    })
    .await;
    assert!(is(&sign_in(&app, &mut authenticator).await, (403, "ACCOUNT_NOT_VERIFIED")));
}

#[tokio::test]
async fn who_proves_an_unverified_address_finds_no_passkey_of_before() {
    let (app, account, _, mut authenticator) = start(Authenticator::synced()).await;
    change(&app, &account, |account| account.verified_at = None).await;
    app.mails().await;
    app.post("/passwordless/magic-link", &json!({"email": "ada@example.com"})).send().await;
    app.work().await;
    let token = app.token_mailed_to("ada@example.com").await;
    let signed_in = app.post("/passwordless/magic-link/verify", &json!({"token": token})).send().await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    assert!(is(&sign_in(&app, &mut authenticator).await, FAILED));
    let token = signed_in.text("/data/accessToken");
    assert_eq!(app.get("/webauthn/credentials").bearer(&token).send().await.body["data"], json!([]));
    // Its credential is free again.
    let begun = begin_adding(&app, &token).await;
    let again = authenticator.attest(&begun["publicKey"]);
    assert_eq!(add(&app, &token, &begun, &again).await.status, 201);
}

#[tokio::test]
async fn it_makes_a_sign_in_fresh_again() {
    let (app, _, token, mut authenticator) = start(Authenticator::counting()).await;
    app.account("eve", Role::User).await;
    let mut eves = Authenticator::synced();
    register(&app, &app.token("eve").await, &mut eves).await;
    app.advance(SignedDuration::from_mins(10));
    let reauthenticate = |body: Value| app.post("/reauthenticate", &body).bearer(&token);

    let begun = begin(&app).await;
    let foreign = shown(&begun, &eves.get(&begun["publicKey"]));
    assert_eq!(reauthenticate(foreign).refused().await, refusal(400, "WEBAUTHN_FAILED"));
    let body = shown(&begun, &authenticator.get(&begun["publicKey"]));
    for (field, value) in [("password", json!(PASSWORD)), ("code", json!("123456"))] {
        let mut both = body.clone();
        both[field] = value;
        assert_eq!(reauthenticate(both).refused().await, refusal(400, "VALIDATION_FAILED"));
    }
    let half = json!({"ceremonyId": begun["ceremonyId"]});
    assert_eq!(reauthenticate(half).refused().await, refusal(400, "VALIDATION_FAILED"));
    let refused = app.call(Method::POST, "/webauthn/register/options").bearer(&token).refused().await;
    assert_eq!(refused, refusal(403, "STEP_UP_REQUIRED"));

    let fresh = reauthenticate(body.clone()).send().await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    begin_adding(&app, &token).await;
    assert_eq!(reauthenticate(body).refused().await, refusal(400, "WEBAUTHN_FAILED"));
}

#[tokio::test]
async fn one_address_begins_so_many() {
    let app = App::start().await;
    let calls = (0..310).map(|_| app.call(Method::POST, "/webauthn/authenticate/options").refused());
    let answers = futures_util::future::join_all(calls).await;
    let stopped = answers.iter().filter(|answer| **answer == refusal(429, "RATE_LIMITED")).count();
    assert_eq!(stopped, 10);
    let elsewhere = app.call(Method::POST, "/webauthn/authenticate/options").from("198.51.100.1");
    assert_eq!(elsewhere.send().await.status, 200);
}
