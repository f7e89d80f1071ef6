//! What other services tell chat, and what it tells them.

use std::time::Duration;

use aws_sdk_sqs::Client;
use shared::config::AwsConfig;
use shared::jobs::{Facts, Job, QueueName};
use shared::store::sdk_config;

use super::Platform;

impl Platform {
    /// Reads chat's queue from now on.
    pub(crate) fn read_queue(&self) {
        tokio::spawn(self.chat.poller().unwrap().run(self.stop.clone()));
    }

    /// A message of another service.
    pub(crate) async fn tell_chat(&self, job: &Job) {
        self.tell_chat_text(&serde_json::to_string(job).unwrap()).await;
    }

    /// A message as it is.
    pub(crate) async fn tell_chat_text(&self, body: &str) {
        let send = self.sqs().await.send_message().queue_url(self.env.require("CHAT_QUEUE_URL").unwrap());
        send.message_body(body).message_group_id("tenant").send().await.unwrap();
    }

    /// The next thing that auth is told; `minutes` of the platform's time pass at each look.
    pub(crate) async fn told_auth(&self, minutes: u32) -> Job {
        let (sqs, url) = (self.sqs().await, self.env.require("AUTH_QUEUE_URL").unwrap());
        let looking = async {
            loop {
                let received = sqs.receive_message().queue_url(url).send().await.unwrap();
                if let Some(message) = received.messages.unwrap_or_default().pop() {
                    let handle = message.receipt_handle.unwrap();
                    sqs.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
                    return serde_json::from_str(&message.body.unwrap()).unwrap();
                }
                self.clock.advance(jiff::SignedDuration::from_mins(minutes.into()));
                self.aws.advance(Duration::from_mins(1) * minutes);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), looking).await.expect("auth is told in time")
    }

    /// Everything that notify was told by now.
    pub(crate) async fn told_notify(&self) -> Vec<Job> {
        testing::take(&self.sqs().await, self.env.require("NOTIFY_QUEUE_URL").unwrap()).await
    }

    /// What reports were told since the last call: at least so many facts.
    pub(crate) async fn told_reports(&self, count: usize) -> Vec<Facts> {
        testing::take_facts(&self.sqs().await, self.env.require(QueueName::Reports.variable()).unwrap(), count).await
    }

    /// Messages that wait for notify.
    pub(crate) async fn waiting_for_notify(&self) -> u64 {
        self.depth("NOTIFY_QUEUE_URL").await.visible
    }

    /// Whether chat has done all that it was told to do by now.
    pub(crate) async fn queue_is_empty(&self) -> bool {
        let depth = self.depth("CHAT_QUEUE_URL").await;
        (depth.visible, depth.in_flight) == (0, 0)
    }

    /// Whether chat is to look at a thread later.
    pub(crate) async fn is_scheduled(&self) -> bool {
        self.depth("CHAT_QUEUE_URL").await.delayed > 0
    }

    async fn depth(&self, variable: &str) -> local_aws::QueueDepth {
        let url = self.env.require(variable).unwrap();
        let queues = self.aws.queues().await.unwrap();
        queues.into_iter().find(|queue| url.ends_with(&format!("/{}", queue.name))).unwrap()
    }

    /// The keys of chat's table that hold a text.
    pub(crate) async fn keys_with(&self, text: &str) -> Vec<String> {
        let client = aws_sdk_dynamodb::Client::new(&sdk_config(&AwsConfig::from_env(&self.env)).await);
        let rows = client.scan().table_name(self.env.require("TABLE").unwrap()).send().await.unwrap();
        assert!(rows.last_evaluated_key.is_none(), "more than one page");
        let keys = rows.items.unwrap_or_default().into_iter().map(|row| {
            let part = |name: &str| row[name].as_s().unwrap().clone();
            format!("{} {}", part("pk"), part("sk"))
        });
        keys.filter(|key| key.contains(text)).collect()
    }

    async fn sqs(&self) -> Client {
        Client::new(&sdk_config(&AwsConfig::from_env(&self.env)).await)
    }
}
