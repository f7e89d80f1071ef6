//! What a process leaves behind that dies, or that is of another version, written into the table as it would be.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::auth::Role;

use crate::imports::{line, shown, upload, wait};
use crate::saved::{alerts, save};
use crate::support::{App, T1, titled};

type Item = HashMap<String, AttributeValue>;

/// search's table.
struct Table<'a> {
    app: &'a App,
    client: Client,
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

impl<'a> Table<'a> {
    fn of(app: &'a App) -> Self {
        Self { app, client: Client::new(&app.sdk) }
    }

    async fn get(&self, pk: &str, sk: &str) -> Option<Item> {
        let get = self.client.get_item().table_name(self.app.variable("TABLE")).consistent_read(true);
        get.key("pk", text(pk)).key("sk", text(sk)).send().await.unwrap().item
    }

    async fn put(&self, item: Item) {
        self.client.put_item().table_name(self.app.variable("TABLE")).set_item(Some(item)).send().await.unwrap();
    }
}

#[tokio::test]
async fn an_import_that_has_ended_stays_done_whatever_still_says_that_it_goes_on() {
    let app = App::start().await;
    let organizer = app.user(T1, Role::Organizer);
    let id = upload(&app, &organizer, &line(1, "Hall")).await;
    let table = Table::of(&app);
    let (mut going_on, mut marker) = (None, String::new());
    for shard in 0..4 {
        marker = format!("IMPORTING#{shard}");
        going_on = table.get(&marker, &format!("{T1}#{id}")).await;
        if going_on.is_some() {
            break;
        }
    }
    wait(&app).await;
    assert_eq!(shown(&app, &organizer, &id).await["status"], "done");
    assert!(table.get(&marker, &format!("{T1}#{id}")).await.is_none());
    table.put(going_on.unwrap()).await;
    for _ in 0..25 {
        app.advance(SignedDuration::from_mins(4));
        app.timer("wake").await;
        app.work().await;
    }
    assert_eq!(shown(&app, &organizer, &id).await["status"], "done");
    assert!(table.get(&marker, &format!("{T1}#{id}")).await.is_none(), "nobody looks at it any more");
}

#[tokio::test]
async fn an_index_that_another_version_has_begun_is_begun_again() {
    let app = App::start().await;
    let admin = app.user(T1, Role::Admin);
    let documents: Vec<Value> = (0..20).map(|id| titled(&id.to_string(), "Jazz concert")).collect();
    app.store(T1, &documents).await;
    let accepted = app.call(http::Method::POST, "/admin/reindex").by(&admin).data().await;
    let (table, pk) = (Table::of(&app), format!("TENANT#{T1}#INDEX"));
    let mut next = table.get(&pk, "MANIFEST").await.unwrap();
    next.extend([("sk", text("NEXT")), ("layout", number(0))].map(|(name, value)| (name.to_owned(), value)));
    next.insert("segments".to_owned(), AttributeValue::L(Vec::new()));
    table.put(next).await;
    let mut progress = table.get(&pk, "REINDEX").await.unwrap();
    progress.extend([("shard", number(15)), ("processed", number(19))].map(|(name, value)| (name.to_owned(), value)));
    table.put(progress).await;
    assert_eq!(app.work().await, 0);
    let task = app.get(&format!("/tasks/{}", accepted["task_id"].as_str().unwrap())).by(&admin).data().await;
    assert_eq!((&task["status"], &task["documents"]), (&json!("done"), &json!(20)));
    assert_eq!(app.find(T1, "jazz").await.len(), 20);
}

#[tokio::test]
async fn a_new_index_whose_segments_are_lost_is_begun_again() {
    let app = App::start().await;
    let (admin, organizer) = (app.user(T1, Role::Admin), app.user(T1, Role::Organizer));
    let documents: Vec<Value> = (0..20).map(|id| titled(&id.to_string(), "Jazz concert")).collect();
    app.store(T1, &documents).await;
    let accepted = app.call(http::Method::POST, "/admin/reindex").by(&admin).data().await;
    // The new index has the segments of the old one, under ids of objects that are not there.
    let (table, pk) = (Table::of(&app), format!("TENANT#{T1}#INDEX"));
    let mut next = table.get(&pk, "MANIFEST").await.unwrap();
    next.insert("sk".to_owned(), text("NEXT"));
    let Some(AttributeValue::L(segments)) = next.get_mut("segments") else { panic!("no segments") };
    for segment in segments {
        let AttributeValue::M(segment) = segment else { panic!("{segment:?}") };
        let Some(AttributeValue::M(object)) = segment.get_mut("object") else { panic!("{segment:?}") };
        object.insert("id".to_owned(), text("00000000-0000-7000-8000-000000000000"));
    }
    table.put(next).await;
    app.put("/documents", &json!({"documents": [titled("20", "Jazz")]})).by(&organizer).data().await;
    assert_eq!(app.work().await, 0);
    let task = app.get(&format!("/tasks/{}", accepted["task_id"].as_str().unwrap())).by(&admin).data().await;
    assert_eq!((&task["status"], &task["documents"]), (&json!("done"), &json!(21)));
    assert_eq!(app.find(T1, "jazz").await.len(), 21);
}

#[tokio::test]
async fn a_document_that_a_reindex_finds_first_is_told_of() {
    let app = App::start().await;
    let (ada, admin) = (app.user(T1, Role::User), app.user(T1, Role::Admin));
    app.store(T1, &[titled("old", "Jazz of old")]).await;
    save(&app, &ada, &json!({"name": "jazz", "query": "jazz"})).await;
    // It is stored, and its request is not over yet.
    let (table, mut stored) = (Table::of(&app), None);
    for shard in 0..16 {
        stored = stored.or(table.get(&format!("TENANT#{T1}#DOCUMENTS#{shard}"), "event#old").await);
    }
    let mut stored = stored.unwrap();
    let Some(AttributeValue::M(document)) = stored.get_mut("document") else { panic!("{stored:?}") };
    document.insert("id".to_owned(), text("new"));
    stored.insert("sk".to_owned(), text("event#new"));
    table.put(stored).await;
    app.call(http::Method::POST, "/admin/reindex").by(&admin).data().await;
    assert_eq!(app.work().await, 0);
    assert_eq!(app.find(T1, "jazz").await.len(), 2);
    assert_eq!(alerts(&app).await, [("jazz".to_owned(), 1)]);
    // Its own work comes now, and tells of nothing more.
    app.store(T1, &[titled("new", "Jazz of old")]).await;
    assert_eq!(alerts(&app).await, []);
}
