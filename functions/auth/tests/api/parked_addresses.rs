//! An address that a sign-up has claimed and nobody verified keeps nobody from proving that it is his.

use jiff::SignedDuration;
use serde_json::json;
use shared::auth::{Role, Roles, TenantId, UserId};
use shared::jobs::{About, ErasureReceipt, Job, Message, UserErased};
use uuid::Uuid;

use crate::addresses::{asked, mailed_to, verify};
use crate::support::{App, PASSWORD, T1, T2, refusal, system};

const NEW: &str = "Lovelace@Example.com";

/// T1, open to sign-up, with ada, and her token.
async fn start() -> (App, UserId, String) {
    let app = App::start_with(&[("DEFAULT_SIGNUP_TENANT_ID", &T1.to_string())]).await;
    let ada = app.account("ada", Role::User).await.id;
    let token = app.token("ada").await;
    (app, ada, token)
}

/// Somebody's account of the address, a member of T2.
async fn parked(app: &App) -> UserId {
    let memberships = vec![(T2, Roles(vec![Role::User]))];
    let parked = app.account_with("parked", |new| {
        (new.email, new.verified, new.memberships) = (NEW.to_lowercase(), false, memberships);
    });
    parked.await.id
}

/// Signs up with the address, and gives the token that is mailed there.
async fn sign_up(app: &App) -> String {
    let body = json!({"email": NEW, "password": PASSWORD, "username": "parked"});
    assert_eq!(app.post("/signup/email", &body).send().await.status, 201);
    app.token_mailed_to(NEW).await
}

/// Whose address it is by now.
async fn owner(app: &App) -> Option<UserId> {
    app.auth.state().accounts.owners(&[NEW.to_owned()]).await.unwrap().first().copied()
}

/// Of whom the services were told that he is to be forgotten.
async fn erased(app: &App) -> Vec<UserErased> {
    let told = app.told().await.into_iter();
    told.filter_map(|job| if let Job::UserErased(erased) = job { Some(erased) } else { None }).collect()
}

#[tokio::test]
async fn whoever_proves_an_address_has_it_and_nothing_stays_of_the_account_that_nobody_verified() {
    let (app, ada, token) = start().await;
    let parked = parked(&app).await;
    let mailed = asked(&app, &token, NEW).await;
    let _ = app.told().await;
    assert_eq!(verify(&app, &mailed).await.status, 200);
    assert_eq!(owner(&app).await, Some(ada));
    let by_address = json!({"email": NEW, "password": PASSWORD});
    assert_eq!(app.post("/login", &by_address).send().await.text("/data/user/id"), ada.to_string());
    let told = app.told().await;
    assert!(told.iter().any(|job| matches!(job, Job::UserChanged(changed) if changed.user_id == ada)), "{told:?}");
    let erased: Vec<_> =
        told.iter().filter_map(|job| if let Job::UserErased(it) = job { Some(it) } else { None }).collect();
    let [erased] = erased[..] else { panic!("{told:?}") };
    assert_eq!((erased.user_id, &erased.tenants), (parked, &vec![T2]));
    // His claims and rows are gone at once.
    let rows = app.rows().await;
    let of_parked = |row: &&String| {
        row.contains(&parked.to_string()) && ["UNIQUE", "MEMBER#", "ACCOUNT"].iter().any(|kind| row.contains(kind))
    };
    assert_eq!(rows.iter().filter(of_parked).collect::<Vec<_>>(), Vec::<&String>::new());
    // The rest goes by the jobs, and only the old address has a mail of all that.
    app.work().await;
    let (erasure_id, user_id) = (erased.erasure_id, erased.user_id);
    let receipt = ErasureReceipt { erasure_id, user_id, service: "notify".to_owned(), at: app.clock.now() };
    let body = serde_json::to_string(&Job::ErasureReceipt(receipt)).unwrap();
    app.auth.worker().message(Message { id: "test", body: &body, receives: 1 }).await.unwrap();
    app.advance(SignedDuration::from_mins(5));
    app.work().await;
    assert!(matches!(app.mail_to("ada@example.com").await, About::AddressChanged { .. }));
    let shown = app.get(&format!("/erasures/{erasure_id}")).send().await;
    assert_eq!(shown.text("/data/status"), "completed");
    let left: Vec<String> = app.rows().await.into_iter().filter(|row| row.contains(&parked.to_string())).collect();
    assert!(left.len() == 1 && left[0].contains("ERASURE#"), "{left:#?}");
    app.account("parked", Role::User).await;
}

#[tokio::test]
async fn a_sign_up_between_the_request_and_the_click_keeps_nothing() {
    let (app, ada, token) = start().await;
    let mailed = asked(&app, &token, NEW).await;
    let theirs = sign_up(&app).await;
    let parked = owner(&app).await.unwrap();
    let _ = app.told().await;
    assert_eq!(verify(&app, &mailed).await.status, 200);
    assert_eq!((owner(&app).await, erased(&app).await[0].user_id), (Some(ada), parked));
    let late = app.post("/signup/verify", &json!({"token": theirs})).refused().await;
    assert_eq!(late, refusal(401, "TOKEN_INVALID"));
}

#[tokio::test]
async fn a_sign_up_that_is_verified_before_the_click_keeps_the_address() {
    let (app, _, token) = start().await;
    let mailed = asked(&app, &token, NEW).await;
    let theirs = sign_up(&app).await;
    assert_eq!(app.post("/signup/verify", &json!({"token": theirs})).send().await.status, 200);
    let theirs = owner(&app).await;
    let answer = verify(&app, &mailed).await;
    assert_eq!((answer.status.as_u16(), answer.code()), refusal(409, "EMAIL_TAKEN"));
    assert_eq!((owner(&app).await, erased(&app).await), (theirs, Vec::new()));
}

#[tokio::test]
async fn of_a_sign_up_and_a_change_that_are_verified_at_once_one_has_the_address() {
    for _ in 0..3 {
        let (app, ada, token) = start().await;
        let theirs = sign_up(&app).await;
        let parked = owner(&app).await.unwrap();
        let mailed = asked(&app, &token, NEW).await;
        let _ = app.told().await;
        let proven = app.post("/signup/verify", &json!({"token": theirs})).send();
        let (proven, changed) = tokio::join!(proven, verify(&app, &mailed));
        let erased = erased(&app).await.len();
        match (proven.status.as_u16(), changed.status.as_u16()) {
            (200, 409) => assert_eq!((owner(&app).await, erased), (Some(parked), 0)),
            (401, 200) => assert_eq!((owner(&app).await, erased), (Some(ada), 1)),
            other => panic!("{other:?}: {proven:?} {changed:?}"),
        }
    }
}

#[tokio::test]
async fn of_two_who_prove_a_parked_address_at_once_one_gets_it() {
    let (app, ada, token) = start().await;
    let eve = app.account("eve", Role::User).await.id;
    let parked = parked(&app).await;
    let (hers, eves) = (asked(&app, &token, NEW).await, asked(&app, &app.token("eve").await, NEW).await);
    let _ = app.told().await;
    let (first, second) = tokio::join!(verify(&app, &hers), verify(&app, &eves));
    let (winner, loser) = if first.status == 200 { (ada, second) } else { (eve, first) };
    assert_eq!((loser.status.as_u16(), loser.code()), refusal(409, "EMAIL_TAKEN"));
    assert_eq!(owner(&app).await, Some(winner));
    let gone: Vec<UserId> = erased(&app).await.iter().map(|erased| erased.user_id).collect();
    assert_eq!(gone, [parked]);
    assert_eq!(app.mails().await.len(), 1);
}

#[tokio::test]
async fn an_account_that_the_platform_has_closed_or_that_is_more_than_a_sign_up_keeps_its_address() {
    for suspend in [false, true] {
        let (app, _, token) = start().await;
        let parked = parked(&app).await;
        let mailed = asked(&app, &token, NEW).await;
        if suspend {
            app.account_with("system", |new| new.memberships = vec![system()]).await;
            let call = app.post(&format!("/accounts/{parked}/suspend"), &json!({}));
            assert_eq!(call.bearer(&app.token("system").await).send().await.status, 200);
        } else {
            let account = app.auth.state().accounts.get(parked).await.unwrap().unwrap();
            let organizer = Roles(vec![Role::Organizer]);
            crate::webauthn::change(&app, &account, |account| account.memberships[0].roles = organizer).await;
        }
        let _ = app.told().await;
        let answer = verify(&app, &mailed).await;
        assert_eq!((answer.status.as_u16(), answer.code()), refusal(409, "EMAIL_TAKEN"));
        assert_eq!((owner(&app).await, erased(&app).await), (Some(parked), Vec::new()));
        assert!(app.mails().await.is_empty());
        let again = app.post("/profile/email", &json!({"email": NEW})).bearer(&token).send().await;
        assert_eq!(again.status, 202);
        let told = mailed_to(&app, NEW).await;
        assert!(matches!(told, About::AlreadyRegistered { .. }), "{told:?}");
    }
}

#[tokio::test]
async fn the_largest_account_takes_an_address_in_one_transaction() {
    let members = |count: u128| (100..100 + count).map(|id| (TenantId(Uuid::from_u128(id)), Roles(vec![Role::User])));
    for (count, taken) in [(10, true), (11, false)] {
        let app = App::start().await;
        let ada = app.account_with("ada", |new| new.memberships.extend(members(39))).await.id;
        app.account_with("parked", |new| {
            (new.email, new.verified, new.memberships) = (NEW.to_owned(), false, members(count).collect());
        })
        .await;
        let answer = app.post("/profile/email", &json!({"email": NEW})).bearer(&app.token("ada").await).send().await;
        assert_eq!(answer.status, 202);
        // More memberships than a sign-up leaves make it an account like others.
        let about = mailed_to(&app, NEW).await;
        assert_eq!(matches!(about, About::ChangeAddress { .. }), taken, "{about:?}");
        let About::ChangeAddress { link, .. } = about else { continue };
        assert_eq!(verify(&app, link.split_once("?token=").unwrap().1).await.status, 200);
        assert_eq!(owner(&app).await, Some(ada));
    }
}
