//! What other services have notify tell.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use shared::auth::Role;
use shared::config::Env;
use shared::files::Bucket;
use shared::ids;
use shared::jobs::{About, Addressee, Job, ReportFile, SendMessage};

use crate::support::{App, T1, T2, body, changed, refusal};

fn message(app: &App, to: Addressee, about: About) -> (SendMessage, String) {
    let message = SendMessage { id: ids::new(app.clock()), tenant_id: T1, to, about };
    let body = serde_json::to_string(&Job::SendMessage(message.clone())).unwrap();
    (message, body)
}

fn reset() -> About {
    About::ResetPassword { link: "https://app.example.com/reset?token=rst_secret".to_owned(), valid_minutes: 30 }
}

fn address(locale: Option<&str>) -> Addressee {
    Addressee::Address { email: "new@example.com".to_owned(), locale: locale.map(str::to_owned) }
}

#[tokio::test]
async fn a_message_of_another_service_is_sent_once_in_the_recipients_language() {
    let app = App::start().await;
    let admin = app.user(T1, Role::Admin).await;
    let (message, body) = message(&app, address(Some("de-AT")), reset());
    assert!(app.receive(&[body.clone(), body.clone()]).await.is_empty());
    app.work().await;
    assert!(app.receive(&[body]).await.is_empty());
    app.work().await;
    let mailbox = app.aws.mailbox().await.unwrap();
    assert_eq!(mailbox.len(), 1);
    assert_eq!((mailbox[0].to[0].as_str(), mailbox[0].subject.as_str()), ("new@example.com", "Neues Passwort setzen"));
    assert_eq!(mailbox[0].links, ["https://app.example.com/reset?token=rst_secret"]);
    // It is the tenant's, and costs nothing of its quota.
    let listed = app.get("/deliveries").by(&admin).data().await;
    assert_eq!((&listed[0]["notificationId"], &listed[0]["status"]), (&json!(message.id), &json!("sent")));
    let foreign = app.user(T2, Role::Admin).await;
    let path = format!("/deliveries/{}", listed[0]["id"].as_str().unwrap());
    assert_eq!(app.get(&path).by(&foreign).refused().await, refusal(404, "NOT_FOUND"));
    let quotas = app.get("/admin/quotas").by(&admin).data().await;
    let mut channels = quotas["channels"].as_object().unwrap().values();
    assert!(channels.all(|channel| channel["used"] == 0), "{quotas}");
}

#[tokio::test]
async fn another_address_names_the_account_and_the_present_one_is_told() {
    let app = App::start().await;
    let wish = |link: &str| About::ChangeAddress {
        account: "a…@example.com".to_owned(),
        link: format!("https://app.example.com/change-address?token={link}"),
        valid_hours: 24,
    };
    let at = || "2027-01-15 08:00 UTC".to_owned();
    for locale in [None, Some("de")] {
        for about in [wish("ezr_address_x"), About::AddressRequested { at: at() }] {
            assert!(app.receive(&[message(&app, address(locale), about).1]).await.is_empty());
            app.work().await;
        }
    }
    let mailbox = app.aws.mailbox().await.unwrap();
    let said = |subject: &str| {
        let mail = mailbox.iter().find(|mail| mail.subject == subject).unwrap_or_else(|| panic!("{mailbox:?}"));
        mail.text.as_deref().unwrap_or_default().to_owned()
    };
    let asked = said("Confirm your new e-mail address");
    assert!(
        asked.contains("a…@example.com") && asked.contains("only if you have just asked for this yourself"),
        "{asked}"
    );
    let asked = said("Neue E-Mail-Adresse bestätigen");
    assert!(
        asked.contains("a…@example.com") && asked.contains("nur, wenn du das gerade selbst verlangt hast"),
        "{asked}"
    );
    for (subject, ends) in [
        ("Somebody wants another e-mail address for your account", "set a new password: it ends that request"),
        ("Für dein Konto ist eine andere E-Mail-Adresse gewünscht", "neues Passwort: Das beendet diese Anfrage"),
    ] {
        let told = said(subject);
        assert!(told.contains(&at()) && told.contains(ends), "{told}");
    }
}

#[tokio::test]
async fn a_link_is_sealed_until_it_is_sent_and_forgotten_then() {
    let app = App::start().await;
    let (_, body) = message(&app, address(None), reset());
    assert!(app.receive(&[body]).await.is_empty());
    let holds = async |secret: &str| app.rows().await.iter().filter(|row| format!("{row:?}").contains(secret)).count();
    let sealed = async || {
        let sealed = |row: &std::collections::HashMap<String, AttributeValue>| {
            row.get("delivery").is_some_and(|it| it.as_m().unwrap().contains_key("sealed"))
        };
        app.rows().await.iter().filter(|row| sealed(row)).count()
    };
    assert_eq!((holds("rst_secret").await, sealed().await), (0, 1));
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 1);
    assert_eq!((holds("rst_secret").await, sealed().await), (0, 0));
}

#[tokio::test]
async fn what_the_owner_waits_for_comes_in_quiet_hours_and_cannot_be_switched_off() {
    let app = App::start().await;
    let (ada, admin) = (app.user(T1, Role::User).await, app.user(T1, Role::Admin).await);
    let now = app.now().to_zoned(jiff::tz::TimeZone::UTC);
    let hour = |hours: i64| (now.clone() + jiff::SignedDuration::from_hours(hours)).strftime("%H:00").to_string();
    let quiet = json!({"quietHours": {"start": hour(-2), "end": hour(3), "timeZone": "UTC"}});
    app.put("/preferences", &quiet).by(&ada).data().await;
    let (_, urgent) = message(&app, Addressee::User(ada.id), reset());
    let report = About::ReportFailed { report: "Sales".to_owned(), problem: "the dataset is gone".to_owned() };
    let (_, report) = message(&app, Addressee::User(ada.id), report);
    assert!(app.receive(&[urgent, report]).await.is_empty());
    app.work().await;
    let mailbox = app.aws.mailbox().await.unwrap();
    assert_eq!(mailbox.len(), 1);
    assert_eq!((mailbox[0].to[0].as_str(), mailbox[0].subject.as_str()), ("v1@example.com", "Neues Passwort setzen"));
    // What waits can be cancelled, and gives nothing back to a quota of which it took nothing.
    let waiting = app.get("/deliveries?status=scheduled").by(&admin).data().await;
    let path = format!("/deliveries/{}/cancel", waiting[0]["id"].as_str().unwrap());
    assert_eq!(app.call(http::Method::POST, &path).by(&admin).data().await["status"], "cancelled");
}

#[tokio::test]
async fn an_organizer_cannot_silence_what_an_account_is_told_of_itself() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer).await;
    for reason in ["manual", "bounce", "complaint"] {
        let suppress = json!({"channel": "email", "contact": "new@example.com", "reason": reason});
        app.post("/suppressions", &suppress).by(&organizer).data().await;
        let (_, body) = message(&app, address(None), reset());
        assert!(app.receive(&[body]).await.is_empty());
        app.work().await;
    }
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 3);
    // The tenant's own mail does stop.
    let body = json!({"to": "new@example.com", "channels": ["email"], "category": "system", "content": {"subject": "x", "text": "x"}});
    app.post("/notifications", &body).by(&organizer).data().await;
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 3);
}

#[tokio::test]
async fn who_is_not_known_yet_is_waited_for() {
    let app = App::start().await;
    let ada = app.stranger(T1, Role::User);
    let (_, told) = message(&app, Addressee::User(ada.id), reset());
    assert_eq!(app.receive(std::slice::from_ref(&told)).await, [0]);
    assert!(app.receive(&[body(&changed(&ada, 1))]).await.is_empty());
    assert!(app.receive(&[told]).await.is_empty());
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap()[0].subject, "Neues Passwort setzen");
}

#[tokio::test]
async fn a_report_is_taken_along() {
    let app = App::start().await;
    let env: Env = app.aws.function_env("NotifyWorkerFunction").unwrap().into_iter().collect();
    let bucket = Bucket::from_env(&env, app.sdk(), "REPORTS_BUCKET").unwrap();
    bucket.put("files/a-report", "text/csv", b"query\r\njazz\r\n".to_vec()).await.unwrap();
    let about = |key: &str| About::ReportReady {
        report: "Daily".to_owned(),
        link: "https://api.example.com/reports/v1/shared/x".to_owned(),
        valid_hours: 168,
        file: Some(ReportFile {
            key: key.to_owned(),
            name: "daily.csv".to_owned(),
            content_type: "text/csv; charset=utf-8".to_owned(),
            bytes: 13,
        }),
    };
    assert!(app.receive(&[message(&app, address(Some("de")), about("files/a-report")).1]).await.is_empty());
    app.work().await;
    let mailbox = app.aws.mailbox().await.unwrap();
    assert_eq!(
        (mailbox[0].subject.as_str(), &mailbox[0].attachments),
        ("Dein Bericht Daily", &vec!["daily.csv".to_owned()])
    );
    assert!(mailbox[0].text.as_ref().unwrap().contains("liegt bei"));
    // One that is gone by then is not mailed without it.
    assert!(app.receive(&[message(&app, address(None), about("files/gone")).1]).await.is_empty());
    app.work().await;
    assert_eq!(app.aws.mailbox().await.unwrap().len(), 1);
}
