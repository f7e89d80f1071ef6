//! Another address for an account.

use futures_util::future::join_all;
use http::Method;
use jiff::SignedDuration;
use local_aws::{Fault, When};
use serde_json::{Value, json};
use shared::auth::{Role, Roles, UserId};
use shared::jobs::{About, Addressee, Job, SendMessage};

use crate::support::{Answer, App, Call, PASSWORD, T1, T2, refusal};

const NEW: &str = "Lovelace@Example.com";
const OTHER: &str = "battery horse correct staple";

fn ask<'a>(app: &'a App, token: &str, email: &str) -> Call<'a> {
    app.post("/profile/email", &json!({"email": email})).bearer(token)
}

pub async fn verify(app: &App, token: &str) -> Answer {
    app.post("/profile/email/verify", &json!({"token": token})).send().await
}

async fn login(app: &App, email: &str) -> Answer {
    app.post("/login", &json!({"email": email, "password": PASSWORD})).send().await
}

/// What was mailed to an address that was asked for. The present one has a mail, too.
pub async fn mailed_to(app: &App, email: &str) -> About {
    let mails = app.mails().await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    let is_new = |mail: &SendMessage| matches!(&mail.to, Addressee::Address { email: to, .. } if to == email);
    let (mut new, present): (Vec<_>, Vec<_>) = mails.into_iter().partition(is_new);
    assert!(matches!(present[0].about, About::AddressRequested { .. }), "{present:?}");
    new.remove(0).about
}

/// The token in it.
async fn token_mailed_to(app: &App, email: &str) -> String {
    let about = mailed_to(app, email).await;
    let About::ChangeAddress { link, .. } = about else { panic!("{about:?}") };
    link.split_once("?token=").unwrap().1.to_owned()
}

/// Asks for an address, and gives the token that is mailed there.
pub async fn asked(app: &App, token: &str, email: &str) -> String {
    let answer = ask(app, token, email).send().await;
    assert_eq!((answer.status.as_u16(), &answer.body["data"]), (202, &json!({"requested": true})), "{answer:?}");
    token_mailed_to(app, email).await
}

/// Gives the account of `token` another address.
pub async fn change_address(app: &App, token: &str, email: &str) {
    let token = asked(app, token, email).await;
    let answer = verify(app, &token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// T1 with ada, and her token.
async fn start() -> (App, UserId, String) {
    let app = App::start().await;
    let ada = app.account("ada", Role::User).await.id;
    let token = app.token("ada").await;
    (app, ada, token)
}

#[tokio::test]
async fn a_link_to_the_new_address_makes_it_the_accounts_once() {
    let (app, ada, own) = start().await;
    let (session, other) = (app.login("ada").await, app.token("ada").await);
    let token = session["accessToken"].as_str().unwrap();
    let _ = app.told().await;
    assert_eq!(ask(&app, token, NEW).send().await.status, 202);
    let about = mailed_to(&app, NEW).await;
    let About::ChangeAddress { account, link, valid_hours: 24 } = &about else { panic!("{about:?}") };
    assert_eq!(account, "a…@example.com");
    let mailed = link.split_once("/change-address?token=").unwrap().1;
    assert!(mailed.starts_with("ezr_address_"), "{mailed}");
    // Until then nothing has changed, and no other page takes it.
    assert_eq!(
        (login(&app, "ada@example.com").await.status.as_u16(), login(&app, NEW).await.status.as_u16()),
        (200, 401)
    );
    for path in ["/signup/verify", "/passwordless/magic-link/verify"] {
        assert_eq!(app.post(path, &json!({"token": mailed})).refused().await, refusal(401, "TOKEN_INVALID"));
    }
    let _ = app.mails().await;
    let answer = verify(&app, mailed).await;
    assert_eq!((answer.status.as_u16(), &answer.body["data"]), (200, &json!({"changed": true})));
    assert_eq!(verify(&app, mailed).await.code(), "TOKEN_INVALID");
    assert!(matches!(app.mail_to("ada@example.com").await, About::AddressChanged { .. }));
    // The other services know it.
    let told = app.told().await;
    let [Job::UserChanged(changed)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((changed.user_id, changed.verified_email.as_deref()), (ada, Some(NEW)));
    // The other sessions have ended; this one goes on, and its next tokens name the new address.
    for ended in [&own, &other] {
        assert_eq!(app.get("/profile").bearer(ended).refused().await, refusal(401, "UNAUTHORIZED"));
    }
    assert_eq!(app.get("/profile").bearer(token).send().await.text("/data/email"), NEW);
    let refreshed = app.post("/refresh", &json!({"refreshToken": session["refreshToken"]})).send().await;
    assert_eq!(refreshed.text("/data/user/email"), NEW);
    // One signs in with it, and with the username as ever; the old one is free.
    assert_eq!(login(&app, "lovelace@example.com").await.text("/data/user/id"), ada.to_string());
    assert_eq!(app.login("ada").await["user"]["email"], NEW);
    assert_eq!(login(&app, "ada@example.com").await.code(), "INVALID_CREDENTIALS");
    app.account_with("again", |new| new.email = "ada@example.com".to_owned()).await;
}

#[tokio::test]
async fn a_taken_address_is_answered_alike_after_the_same_calls_and_its_owner_told() {
    let (app, _, token) = start().await;
    app.account_with("eve", |new| new.memberships = vec![(T2, Roles(vec![Role::User]))]).await;
    app.account_with("unverified", |new| new.verified = false).await;
    let calls = async |email: &str| {
        let before = app.aws.calls();
        let answer = ask(&app, &token, email).send().await;
        let calls = app.aws.calls().into_iter().map(|(name, count)| {
            let made = count - before.get(&name).copied().unwrap_or(0);
            (name, made)
        });
        let calls: Vec<(String, u64)> = calls.filter(|(_, made)| *made > 0).collect();
        let mut mails = app.mails().await;
        assert!(mails.iter().all(|mail| mail.tenant_id == T1), "{mails:?}");
        mails.sort_by_key(|mail| matches!(mail.about, About::AddressRequested { .. }));
        let to = mails.iter().map(|mail| match &mail.to {
            Addressee::Address { email, .. } => email.clone(),
            Addressee::User(_) => panic!("{mail:?}"),
        });
        assert_eq!(to.collect::<Vec<_>>(), [email, "ada@example.com"]);
        // The present address is told the same of every one.
        let present = mails.remove(1).about;
        ((answer.status.as_u16(), answer.body["data"].clone(), calls, present), mails.remove(0).about)
    };
    // Revocations are read once in a while, whatever is asked.
    app.get("/profile").bearer(&token).send().await;
    let (free, mailed) = calls("free@example.com").await;
    assert!(matches!(mailed, About::ChangeAddress { .. }));
    for taken in ["eve@example.com", "EVE@example.com", "unverified@example.com"] {
        let (answer, told) = calls(taken).await;
        assert_eq!(answer, free, "{taken}");
        // Whom nobody has verified gives way.
        let yields = taken.starts_with("unverified");
        assert_eq!(matches!(told, About::ChangeAddress { .. }), yields, "{told:?}");
        assert_eq!(matches!(told, About::AlreadyRegistered { .. }), !yields, "{told:?}");
    }
    // Nor does the log tell, which admins read.
    app.account("root", Role::Admin).await;
    let log = app.get("/audit-log?type=addressRequested").bearer(&app.token("root").await).send().await;
    let details = log.body["data"].as_array().unwrap().iter().map(|event| &event["details"]);
    assert_eq!(details.collect::<Vec<_>>(), [&json!({}); 4]);
    assert!(!log.body.to_string().contains("example.com"));
}

#[tokio::test]
async fn it_needs_a_fresh_sign_in_and_another_address() {
    let (app, _, token) = start().await;
    for email in ["ada@example.com", "ADA@Example.com", "nobody", ""] {
        let answer = ask(&app, &token, email).send().await;
        assert_eq!(
            (answer.code(), answer.text("/error/details/0/field")),
            ("VALIDATION_FAILED".into(), "email".into())
        );
    }
    app.account("root", Role::Admin).await;
    let machine = app.post("/service-accounts", &json!({"name": "Importer", "roles": ["user"]}));
    let made = machine.bearer(&app.token("root").await).send().await.body["data"].clone();
    let (id, secret) = (&made["clientId"], &made["clientSecret"]);
    let body = json!({"grantType": "client_credentials", "clientId": id, "clientSecret": secret});
    let machine = app.post("/token", &body).send().await.text("/data/accessToken");
    assert_eq!(ask(&app, &machine, NEW).refused().await, refusal(403, "STEP_UP_REQUIRED"));
    app.advance(SignedDuration::from_mins(10));
    assert_eq!(ask(&app, &token, NEW).refused().await, refusal(403, "STEP_UP_REQUIRED"));
    assert!(app.mails().await.is_empty());
    assert_eq!(app.post("/reauthenticate", &json!({"password": PASSWORD})).bearer(&token).send().await.status, 200);
    // Asked twice with one key it is one mail, also at once.
    let twin = || ask(&app, &token, NEW).header("idempotency-key", "one").send();
    let (first, second) = tokio::join!(twin(), twin());
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (202, 202));
    assert_eq!(twin().await.headers["idempotent-replayed"], "true");
    let mailed = token_mailed_to(&app, NEW).await;
    assert_eq!(verify(&app, &mailed).await.status, 200);
}

#[tokio::test]
async fn mails_to_an_address_are_limited() {
    let (app, _, token) = start().await;
    for _ in 0..5 {
        assert_eq!(ask(&app, &token, NEW).send().await.status, 202);
    }
    let limited = ask(&app, &token, &NEW.to_lowercase()).send().await;
    assert!(limited.code() == "RATE_LIMITED" && limited.headers.contains_key("retry-after"), "{limited:?}");
    assert_eq!(app.mails().await.len(), 10);
}

/// What ends a link before it is used.
#[derive(Clone, Copy, Debug)]
enum End {
    Day,
    Another,
    Password,
    Reset,
    Logout,
    LogoutEverywhere,
    Suspension,
    Roles,
    AccountSuspension,
    Erasure,
}

impl End {
    const ALL: [Self; 10] = [
        Self::Day,
        Self::Another,
        Self::Password,
        Self::Reset,
        Self::Logout,
        Self::LogoutEverywhere,
        Self::Suspension,
        Self::Roles,
        Self::AccountSuspension,
        Self::Erasure,
    ];

    async fn come(self, app: &App, ada: UserId, token: &str) {
        let answer = match self {
            Self::Day => return app.advance(SignedDuration::from_hours(24)),
            Self::Another => ask(app, token, "another@example.com").send().await,
            Self::Password => {
                let body = json!({"currentPassword": PASSWORD, "newPassword": OTHER});
                app.call(Method::PUT, "/password").json(&body).bearer(token).send().await
            }
            Self::Reset => {
                app.post("/password/forgot", &json!({"email": "ada@example.com"})).send().await;
                app.work().await;
                let body = json!({"token": app.token_mailed_to("ada@example.com").await, "newPassword": OTHER});
                app.post("/password/reset", &body).send().await
            }
            Self::Logout => app.post("/logout", &json!({})).bearer(token).send().await,
            Self::LogoutEverywhere => {
                let elsewhere = app.token("ada").await;
                app.post("/logout", &json!({"all": true})).bearer(&elsewhere).send().await
            }
            Self::Suspension => {
                let root = app.token("root").await;
                app.post(&format!("/users/{ada}/suspend"), &Value::Null).bearer(&root).send().await
            }
            Self::Roles => {
                let call = app.call(Method::PATCH, &format!("/users/{ada}")).json(&json!({"roles": ["partner"]}));
                call.bearer(&app.token("root").await).send().await
            }
            Self::AccountSuspension => {
                let platform = app.token("platform").await;
                app.post(&format!("/accounts/{ada}/suspend"), &Value::Null).bearer(&platform).send().await
            }
            Self::Erasure => app.call(Method::DELETE, "/profile").bearer(token).send().await,
        };
        assert!(answer.status.is_success(), "{self:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_link_ends_with_what_it_stands_on() {
    for end in End::ALL {
        let (app, ada, token) = start().await;
        app.account("root", Role::Admin).await;
        app.account_with("platform", |new| new.memberships = vec![crate::support::system()]).await;
        let mailed = asked(&app, &token, NEW).await;
        end.come(&app, ada, &token).await;
        let _ = app.mails().await;
        let answer = verify(&app, &mailed).await;
        assert_eq!((answer.status.as_u16(), answer.code()), refusal(401, "TOKEN_INVALID"), "{end:?}");
        assert!(app.mails().await.is_empty(), "{end:?}");
        // The address is as free as before.
        app.account_with("free", |new| new.email = NEW.to_owned()).await;
    }
}

#[tokio::test]
async fn changes_of_a_profile_do_not_end_a_link() {
    let (app, _, token) = start().await;
    let mailed = asked(&app, &token, NEW).await;
    let patch = app.call(Method::PATCH, "/profile").json(&json!({"firstName": "Ada"})).bearer(&token);
    assert_eq!(patch.send().await.status, 200);
    app.token("ada").await;
    app.advance(SignedDuration::from_hours(23));
    assert_eq!(verify(&app, &mailed).await.status, 200);
}

#[tokio::test]
async fn a_link_is_used_once_also_at_once() {
    let (app, ada, token) = start().await;
    let mailed = asked(&app, &token, NEW).await;
    let answers = join_all((0..4).map(|_| verify(&app, &mailed))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.code() == "TOKEN_INVALID").count(), 3, "{answers:?}");
    assert!(matches!(app.mail_to("ada@example.com").await, About::AddressChanged { .. }));
    assert_eq!(login(&app, NEW).await.text("/data/user/id"), ada.to_string());
}

#[tokio::test]
async fn a_third_of_transactions_in_conflict_only_makes_it_slower() {
    let (app, ada, mut token) = start().await;
    app.aws.faults().inject("TransactWriteItems", Fault::TransactionConflict, When::Probability(0.3));
    for number in 0..8 {
        let email = format!("ada{number}@example.com");
        let mailed = asked(&app, &token, &email).await;
        let answers = join_all((0..2).map(|_| verify(&app, &mailed))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
        assert_eq!(app.mails().await.len(), 1);
        // The limit of mails that are asked for in a while, and the end of the sessions that have just begun.
        app.advance(SignedDuration::from_mins(1));
        token = app.token("ada").await;
        assert_eq!(login(&app, &email).await.text("/data/user/id"), ada.to_string());
    }
    // Of the addresses before, none is taken.
    app.aws.faults().clear();
    for number in 0..7 {
        let name = format!("again{number}");
        app.account_with(&name, |new| new.email = format!("ada{number}@example.com")).await;
    }
}

#[tokio::test]
async fn what_is_to_be_told_is_told_later_where_the_queue_is_down() {
    let (app, _, token) = start().await;
    let mailed = asked(&app, &token, NEW).await;
    let _ = app.told().await;
    app.aws.faults().inject("SendMessageBatch", Fault::InternalError, When::Probability(1.0));
    assert_eq!(verify(&app, &mailed).await.status, 200);
    app.aws.faults().clear();
    assert!(app.mails().await.is_empty());
    app.advance(SignedDuration::from_mins(2));
    app.auth.worker().timer("outbox").await.unwrap();
    assert!(matches!(app.mail_to("ada@example.com").await, About::AddressChanged { .. }));
    assert!(matches!(&app.told().await[..], [Job::UserChanged(_)]));
}

#[tokio::test]
async fn of_two_who_want_an_address_one_gets_it() {
    let (app, ada, token) = start().await;
    let eve = app.account("eve", Role::User).await.id;
    let (hers, eves) = (asked(&app, &token, NEW).await, asked(&app, &app.token("eve").await, NEW).await);
    let (first, second) = tokio::join!(verify(&app, &hers), verify(&app, &eves));
    let (winner, loser, lost) = if first.status == 200 { (ada, second, "eve") } else { (eve, first, "ada") };
    assert_eq!((loser.status.as_u16(), loser.code()), refusal(409, "EMAIL_TAKEN"));
    assert_eq!(login(&app, NEW).await.text("/data/user/id"), winner.to_string());
    // Whoever did not get it has what he had.
    assert_eq!(app.login(lost).await["user"]["email"], format!("{lost}@example.com"));
    assert_eq!(login(&app, &format!("{lost}@example.com")).await.status, 200);
    assert_eq!(app.mails().await.len(), 1);
}

#[tokio::test]
async fn the_old_addresss_mail_opens_nothing_any_more() {
    let (app, _, token) = start().await;
    let old = json!({"email": "ada@example.com"});
    let mut mailed = Vec::new();
    for path in ["/password/forgot", "/passwordless/magic-link"] {
        assert_eq!(app.post(path, &old).send().await.status, 202);
        app.work().await;
        mailed.push(app.token_mailed_to("ada@example.com").await);
    }
    change_address(&app, &token, NEW).await;
    let _ = app.mails().await;
    let reset = app.post("/password/reset", &json!({"token": mailed[0], "newPassword": OTHER})).refused().await;
    assert_eq!(reset, refusal(401, "TOKEN_INVALID"));
    let magic = app.post("/passwordless/magic-link/verify", &json!({"token": mailed[1]})).refused().await;
    assert_eq!(magic, refusal(401, "TOKEN_INVALID"));
    assert_eq!(app.post("/password/forgot", &old).send().await.status, 202);
    app.work().await;
    assert!(app.mails().await.is_empty());
    // The new one's does.
    assert_eq!(app.post("/password/forgot", &json!({"email": NEW})).send().await.status, 202);
    app.work().await;
    let body = json!({"token": app.token_mailed_to(NEW).await, "newPassword": OTHER});
    assert_eq!(app.post("/password/reset", &body).send().await.status, 200);
}
