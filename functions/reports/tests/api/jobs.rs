//! What other services tell and ask for.

use jiff::SignedDuration;
use serde_json::json;
use shared::auth::{Role, UserId};
use shared::ids;
use shared::jobs::{
    ExportUser, Fact, Facts, Job, QueueName, SignInMethod, SignInOutcome, UserChanged, UserErased, What,
};

use crate::support::{App, T1, T2};

fn facts(app: &App, user: UserId) -> Vec<Fact> {
    let id = || ids::new(app.clock());
    let what = [
        What::SignIn { method: SignInMethod::MagicLink, second_factor: None, outcome: SignInOutcome::Success },
        What::Delivery {
            delivery_id: id(),
            channel: "email".to_owned(),
            category: "system".to_owned(),
            priority: "high".to_owned(),
            template_id: None,
            status: "sent".to_owned(),
            attempts: 1,
        },
        What::ChatMessage {
            thread_id: id(),
            message_id: id(),
            message_type: "text".to_owned(),
            is_reply: true,
            attachments: 2,
        },
        What::Search { query: "jazz".to_owned(), results: 7, took_ms: 0.5 },
    ];
    what.into_iter().map(|what| Fact { id: id(), user_id: Some(user), at: app.now(), what }).collect()
}

#[tokio::test]
async fn facts_are_rows_once_however_often_they_come() {
    let app = App::start().await;
    let admin = app.user(T1, Role::Admin);
    let job = Job::Facts(Facts { tenant_id: T1, facts: facts(&app, admin.id) });
    for _ in 0..3 {
        assert!(app.receive(std::slice::from_ref(&job)).await.is_empty());
        app.advance(SignedDuration::from_secs(5));
    }
    for (dataset, columns, row) in [
        ("sign_ins", json!([{"name": "method"}, {"name": "secondFactor"}, {"name": "outcome"}]), "magicLink,,success"),
        ("deliveries", json!([{"name": "channel"}, {"name": "status"}, {"name": "attempts"}]), "email,sent,1"),
        (
            "chat_activity",
            json!([{"name": "messageType"}, {"name": "isReply"}, {"name": "attachments"}]),
            "text,true,2",
        ),
        ("searches", json!([{"name": "query"}, {"name": "results"}, {"name": "tookMs"}]), "jazz,7,0.5"),
    ] {
        let definition = json!({"dataset": dataset, "columns": columns});
        assert_eq!(app.csv(&admin, &definition).await, [row], "{dataset}");
        assert!(app.csv(&app.user(T2, Role::Admin), &definition).await.is_empty());
    }
    let sign_ins = json!({"dataset": "sign_ins", "columns": [{"name": "method"}]});
    assert!(app.csv(&app.user(T1, Role::Organizer), &sign_ins).await.is_empty(), "others' are for admins");
}

#[tokio::test]
async fn nothing_stays_of_somebody_who_is_erased() {
    let app = App::start().await;
    let (ada, bob, admin) = (app.user(T1, Role::User), app.user(T1, Role::User), app.user(T1, Role::Admin));
    app.sales(
        T1,
        &[
            json!({"values": {"ticket": "hers", "buyer": ada.id}}),
            json!({"values": {"ticket": "his", "buyer": bob.id}}),
        ],
    )
    .await;
    for user in [&ada, &bob] {
        let facts = facts(&app, user.id);
        assert!(app.receive(&[Job::Facts(Facts { tenant_id: T1, facts })]).await.is_empty());
        let template = json!({"name": "own", "definition": {"dataset": "searches"}});
        app.post("/templates", &template).by(user).data().await;
        app.export(user, &json!({"dataset": "searches"}), "csv").await;
    }
    let late = facts(&app, ada.id);
    let erased = UserErased { erasure_id: ids::new(app.clock()), user_id: ada.id, tenants: vec![T1, T2] };
    assert!(app.receive(&[Job::UserErased(erased.clone())]).await.is_empty());
    assert_eq!(app.work().await, 0);
    assert!(app.told(QueueName::Auth).await.is_empty(), "what was under way is not over yet");
    assert!(app.receive(&[Job::Facts(Facts { tenant_id: T1, facts: late })]).await.is_empty());
    app.advance(SignedDuration::from_mins(16));
    assert_eq!(app.work().await, 0);
    let told = app.told(QueueName::Auth).await;
    let [Job::ErasureReceipt(receipt)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((receipt.erasure_id, receipt.service.as_str()), (erased.erasure_id, "reports"));
    for dataset in ["sign_ins", "deliveries", "chat_activity", "searches", "sales"] {
        let user = if dataset == "sales" { "buyer" } else { "userId" };
        let users = app.csv(&admin, &json!({"dataset": dataset, "columns": [{"name": user}]})).await;
        assert_eq!(users, [bob.id.to_string()], "{dataset}");
    }
    for path in ["/exports", "/templates"] {
        assert_eq!(app.get(path).by(&ada).data().await, json!([]), "{path}");
        assert_eq!(app.get(path).by(&bob).data().await.as_array().unwrap().len(), 1, "{path}");
    }
    let files = app.files("files/").await;
    assert!(files.iter().all(|file| file.contains(".csv")) && files.len() == 6, "{files:?}");
}

#[tokio::test]
async fn an_account_gets_what_is_known_of_it() {
    let app = App::start().await;
    let (ada, bob) = (app.user(T1, Role::User), app.user(T1, Role::User));
    app.searched(T1, ada.id, &[("her query", 1)]).await;
    app.searched(T1, bob.id, &[("his query", 1)]).await;
    app.export(&ada, &json!({"dataset": "searches"}), "csv").await;
    let changed = UserChanged {
        user_id: ada.id,
        version: 1,
        tenants: vec![T1],
        verified_email: None,
        display_name: "Ada".to_owned(),
        locale: None,
        time_zone: None,
    };
    let wanted = ExportUser { export_id: ids::new(app.clock()), user_id: ada.id, tenants: vec![T1, T2] };
    assert!(app.receive(&[Job::UserChanged(changed), Job::ExportUser(wanted.clone())]).await.is_empty());
    let told = app.told(QueueName::Auth).await;
    let [Job::UserExported(exported)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((exported.export_id, exported.service.as_str()), (wanted.export_id, "reports"));
    let file = app.known_file(&exported.files[0].name).await;
    assert!(file.contains("her query") && !file.contains("his query"), "{file}");
    assert!(file.contains("\"dataset\":\"searches\"") && file.contains("\"status\":\"completed\""), "{file}");
}

#[tokio::test]
async fn a_poisoned_message_fails_alone() {
    let app = App::start().await;
    let ada = app.user(T1, Role::User);
    let good = Job::Facts(Facts { tenant_id: T1, facts: facts(&app, ada.id) });
    assert_eq!(
        app.receive_texts(&["{\"job\":\"nonsense\"}".to_owned(), serde_json::to_string(&good).unwrap()]).await,
        [0]
    );
    assert_eq!(app.csv(&ada, &json!({"dataset": "searches", "columns": [{"name": "query"}]})).await, ["jazz"]);
}
