//! What is known of a user, for himself.

use serde_json::{Value, json};
use shared::config::AwsConfig;
use shared::exports::ExportFiles;
use shared::ids;
use shared::jobs::{ExportUser, Job};
use shared::store::sdk_config;

use crate::support::platform;

#[tokio::test]
async fn own_words_and_threads_are_stored_and_nobody_elses() {
    let platform = platform().await;
    let [user, other] = platform.users(platform.tenant());
    let groups = [platform.group(&[&user, &other]).await, platform.group(&[&other, &user]).await];
    platform.group(&[&other]).await;
    for number in 0..110 {
        platform.say(if number % 2 == 0 { &user } else { &other }, &groups[number % 3 / 2], &number.to_string()).await;
    }
    let report = crate::reports::reported(&platform, &user, &other, &groups[1]).await;
    crate::reports::reported(&platform, &other, &user, &groups[0]).await;
    platform.delete(&user, &format!("/threads/{}/members/{}", groups[1], user.id)).await.expect(200);
    let wanted = ExportUser { export_id: ids::new(&platform.clock), user_id: user.id, tenants: vec![user.tenant] };
    platform.read_queue();
    platform.tell_chat(&Job::ExportUser(wanted.clone())).await;
    let Job::UserExported(exported) = platform.told_auth(0).await else { panic!("no export") };
    assert_eq!((exported.export_id, &*exported.service), (wanted.export_id, "chat"));

    let sdk = sdk_config(&AwsConfig::from_env(&platform.env)).await;
    let files = ExportFiles::from_env(&platform.env, &sdk).unwrap();
    let url = files.link(user.id, wanted.export_id, &exported.files[0]).await.unwrap();
    let client = shared::client::http_client(std::time::Duration::from_secs(10)).unwrap();
    let stored: Value = client.get(url).send().await.unwrap().json().await.unwrap();
    let list = |name: &str| -> Vec<Value> {
        let lists = stored["lists"].as_array().unwrap().iter().filter(|list| list["name"] == name);
        lists.flat_map(|list| list["items"].as_array().unwrap().clone()).collect()
    };
    assert_eq!(list("threads").iter().map(|thread| &thread["id"]).collect::<Vec<_>>(), [&json!(groups[0])]);
    let reports = list("reports");
    assert_eq!(reports.iter().map(|report| &report["id"]).collect::<Vec<_>>(), [&json!(report)]);
    assert_eq!((&reports[0]["comment"], &reports[0]["content"]), (&json!("look at that"), &Value::Null));
    let mut said: Vec<u64> =
        list("messages").iter().filter_map(|message| message["content"].as_str().unwrap().parse().ok()).collect();
    said.sort_unstable();
    assert_eq!(said, (0..110).filter(|number| number % 2 == 0).collect::<Vec<_>>());
}
