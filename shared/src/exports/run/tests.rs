use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use local_aws::LocalAws;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::config::{AwsConfig, Env};
use crate::exports::Page;
use crate::service::NOTIFY;
use crate::store::sdk_config;

/// A short list, and a long one of which each page takes its time.
struct Slow {
    clock: Clock,
    /// Bytes of an item of the long one.
    bytes: usize,
}

const ITEMS: usize = 30;

impl Known for Slow {
    fn lists(&self, wanted: &ExportUser) -> Vec<List> {
        let tenant = wanted.tenants.first().copied();
        vec![List { name: "short", tenant: None }, List { name: "long", tenant }, List { name: "empty", tenant }]
    }

    fn page<'a>(
        &'a self,
        _: &'a ExportUser,
        list: List,
        after: Option<Position>,
    ) -> BoxFuture<'a, Result<Page, Error>> {
        async move {
            let at = after.map_or(0, |after| after["at"].parse::<usize>().unwrap());
            match list.name {
                "short" => Page::whole(["only"]),
                "empty" => Page::whole(Vec::<String>::new()),
                _ => {
                    self.clock.advance(SignedDuration::from_secs(5));
                    let next = (at + 1 < ITEMS).then(|| Position::from([("at".to_owned(), (at + 1).to_string())]));
                    Page::new([json!({"number": at, "text": "x".repeat(self.bytes)})], next)
                }
            }
        }
        .boxed()
    }
}

async fn files() -> (LocalAws, ExportFiles) {
    let aws = LocalAws::ephemeral().await.unwrap();
    let env: Env = aws.function_env("NotifyWorkerFunction").unwrap().into_iter().collect();
    let sdk = sdk_config(&AwsConfig::from_env(&env)).await;
    let files = ExportFiles::from_env(&env, &sdk).unwrap();
    (aws, files)
}

fn wanted(clock: &Clock) -> ExportUser {
    let (export_id, user_id) = (ids::new(clock), UserId(Uuid::from_u128(7)));
    ExportUser { export_id, user_id, tenants: vec![TenantId(Uuid::from_u128(1))] }
}

async fn read(files: &ExportFiles, wanted: &ExportUser, file: &ExportedFile) -> Option<Value> {
    let url = files.link(wanted.user_id, wanted.export_id, file).await.unwrap();
    let response = fetch(url).await;
    if response.status() == 404 { None } else { Some(response.json().await.unwrap()) }
}

/// Goes on as often as it takes: the messages, the files, and the names and numbers that are in them.
async fn all_of(bytes: usize) -> (usize, Vec<ExportedFile>, Vec<String>, Vec<u64>) {
    let (_aws, files) = files().await;
    let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
    let mut exporting = Exporting::new(wanted(&clock));
    let known = Slow { clock: clock.clone(), bytes };
    let mut messages = 1;
    let stored = loop {
        let began = clock.now();
        let stored = exporting.go_on(&files, &NOTIFY, &clock, &known).await.unwrap();
        assert!(clock.now().duration_since(began) <= PATIENCE + SignedDuration::from_secs(5));
        if let Some(stored) = stored {
            break stored;
        }
        messages += 1;
        // As a queue carries it.
        exporting = serde_json::from_str(&serde_json::to_string(&exporting).unwrap()).unwrap();
    };
    let (mut lists, mut numbers) = (Vec::new(), Vec::new());
    for file in &stored {
        let document = read(&files, &exporting.wanted, file).await.unwrap();
        assert_eq!((&document["service"], &document["userId"]), (&json!("notify"), &json!(exporting.wanted.user_id)));
        for list in document["lists"].as_array().unwrap() {
            lists.push(list["name"].as_str().unwrap().to_owned());
            numbers.extend(list["items"].as_array().unwrap().iter().filter_map(|item| item["number"].as_u64()));
        }
    }
    (messages, stored, lists, numbers)
}

#[tokio::test]
async fn a_long_one_goes_on_by_messages_and_has_everything_once() {
    let (messages, stored, lists, numbers) = all_of(500_000).await;
    assert_eq!(messages, 7);
    assert!(stored.iter().all(|file| file.bytes < 5_000_000), "{stored:?}");
    assert_eq!((stored[0].name.as_str(), stored[1].name.as_str()), ("notify.json", "notify-2.json"));
    assert_eq!((lists.first().unwrap().as_str(), lists.last().unwrap().as_str()), ("short", "empty"));
    assert_eq!(numbers, (0..30).collect::<Vec<_>>());
}

#[tokio::test]
async fn small_pages_that_take_their_time_end_a_file_too() {
    let (messages, stored, _, numbers) = all_of(10).await;
    assert_eq!((messages, stored.len()), (7, 7));
    assert_eq!(numbers, (0..30).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_stored_again_changes_nothing_and_the_next_takes_the_place_of_those_before() {
    let (_aws, files) = files().await;
    let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
    let (first, other) = (wanted(&clock), ExportUser { user_id: UserId(Uuid::from_u128(8)), ..wanted(&clock) });
    let store = |wanted: ExportUser, text: &'static str| {
        let files = files.clone();
        async move { files.store(&wanted, &NOTIFY, 1, text.as_bytes().to_vec()).await.unwrap() }
    };
    let (one, again) = (store(first.clone(), "1").await, store(first.clone(), "2").await);
    let others = store(other.clone(), "3").await;
    assert_eq!(read(&files, &first, &one).await, Some(json!(1)));
    assert_eq!(read(&files, &first, &again).await, Some(json!(2)));
    clock.advance(SignedDuration::from_secs(1));
    let second = wanted(&clock);
    let newer = store(second.clone(), "4").await;
    // A late message of the first one takes nothing of the second.
    files.delete_before(first.user_id, first.export_id).await.unwrap();
    assert_eq!(read(&files, &second, &newer).await, Some(json!(4)));
    files.delete_before(second.user_id, second.export_id).await.unwrap();
    assert_eq!((read(&files, &first, &one).await, read(&files, &first, &again).await), (None, None));
    assert_eq!(read(&files, &second, &newer).await, Some(json!(4)));
    files.delete_all(second.user_id).await.unwrap();
    assert_eq!(read(&files, &second, &newer).await, None);
    assert_eq!(read(&files, &other, &others).await, Some(json!(3)));
}

#[test]
fn a_late_one_is_over() {
    let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
    let exporting = Exporting::new(wanted(&clock));
    assert!(!exporting.is_over(clock.now() + LONGEST));
    assert!(exporting.is_over(clock.now() + LONGEST + SignedDuration::from_secs(1)));
}

async fn fetch(url: impl reqwest::IntoUrl) -> reqwest::Response {
    let client = crate::client::http_client(std::time::Duration::from_secs(10)).unwrap();
    client.get(url).send().await.unwrap()
}
