//! What was acknowledged is there after SIGKILL.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::ByteStream;
use local_aws::{LocalAws, Options};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::platform::sdk;

const TEMPLATE: &str = "
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: things
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  News:
    Type: AWS::SNS::Topic
    Properties: {TopicName: news, Subscription: [{Protocol: http, Endpoint: 'http://127.0.0.1:1/'}]}
  Mail: {Type: AWS::SES::ConfigurationSet, Properties: {Name: mail}}
  MailEvents:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: mail
      EventDestination: {MatchingEventTypes: [delivery], SnsDestination: {TopicARN: !Ref News}}
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: files}}
";

/// The emulator as a process of its own, killed (SIGKILL) when dropped.
struct Process {
    child: Child,
    endpoint: String,
}

impl Process {
    fn start(directory: &Path) -> Self {
        let template = directory.join("template.yaml");
        std::fs::write(&template, TEMPLATE).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_local-aws"))
            .args(["--port", "0", "--data"])
            .arg(directory.join("data"))
            .arg("--template")
            .arg(template)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut endpoint = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut endpoint).unwrap();
        let endpoint = endpoint.trim().to_owned();
        Self { child, endpoint }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn s3(endpoint: &str) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&sdk(endpoint)).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

async fn write(endpoint: &str) {
    aws_sdk_dynamodb::Client::new(&sdk(endpoint))
        .put_item()
        .table_name("things")
        .item("pk", AttributeValue::S("kept".to_owned()))
        .send()
        .await
        .unwrap();
    aws_sdk_sqs::Client::new(&sdk(endpoint))
        .send_message()
        .queue_url(format!("{endpoint}/000000000000/jobs"))
        .message_body("kept")
        .send()
        .await
        .unwrap();
    s3(endpoint).put_object().bucket("files").key("kept").body(ByteStream::from_static(b"kept")).send().await.unwrap();
    let mail = "From: a@example.com\r\nTo: b@example.com\r\nSubject: kept\r\n\r\nkept\r\n";
    let raw = aws_sdk_ses::types::RawMessage::builder().data(aws_sdk_ses::primitives::Blob::new(mail));
    let send = aws_sdk_ses::Client::new(&sdk(endpoint)).send_raw_email().configuration_set_name("mail");
    send.raw_message(raw.build().unwrap()).send().await.unwrap();
    let sns = aws_sdk_sns::Client::new(&sdk(endpoint));
    sns.publish().phone_number("+4915112345678").message("kept").send().await.unwrap();
    sns.publish().topic_arn("arn:aws:sns:us-east-1:000000000000:news").message("kept").send().await.unwrap();
}

fn options(directory: &Path, template: &str) -> Options {
    Options { data: Some(directory.join("data")), template: Some(template.to_owned()), ..Options::default() }
}

/// Writes one item after the other until there is no answer; says which were acknowledged.
async fn write_until_killed(endpoint: String, acknowledged: UnboundedSender<String>) {
    let client = aws_sdk_dynamodb::Client::new(&sdk(&endpoint));
    let queue = aws_sdk_sqs::Client::new(&sdk(&endpoint));
    for n in 0.. {
        let id = n.to_string();
        let put = client.put_item().table_name("things");
        let put = put.item("pk", AttributeValue::S(id.clone()));
        let send = queue.send_message().queue_url(format!("{endpoint}/000000000000/jobs"));
        if put.send().await.is_err() || send.message_body(&id).send().await.is_err() {
            return;
        }
        acknowledged.send(id).unwrap();
    }
}

#[tokio::test]
async fn everything_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let process = Process::start(directory.path());
    write(&process.endpoint).await;
    drop(process);

    let aws = LocalAws::start(options(directory.path(), TEMPLATE)).await.unwrap();
    let endpoint = aws.endpoint();
    let items = aws_sdk_dynamodb::Client::new(&sdk(endpoint)).scan();
    let items = items.table_name("things").send().await.unwrap();
    assert_eq!(items.count(), 1);
    let receive = aws_sdk_sqs::Client::new(&sdk(endpoint)).receive_message();
    let receive = receive.queue_url(format!("{endpoint}/000000000000/jobs"));
    assert_eq!(receive.send().await.unwrap().messages()[0].body(), Some("kept"));
    let object = s3(endpoint).get_object().bucket("files").key("kept");
    let body = object.send().await.unwrap().body.collect().await.unwrap();
    assert_eq!(body.into_bytes().as_ref(), b"kept");
    assert_eq!(aws.mailbox().await.unwrap()[0].subject, "kept");
    assert_eq!(aws.publications().await.unwrap()[0].message, "kept");
    // The confirmation, what became of the mail, and what was published.
    assert_eq!(aws.notifications().await.unwrap().len(), 3);
    aws.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_kill_in_the_middle_of_writes_loses_none_that_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let process = Process::start(directory.path());
    let (sender, mut receiver) = unbounded_channel();
    let writer = tokio::spawn(write_until_killed(process.endpoint.clone(), sender));
    let mut acknowledged = Vec::new();
    while acknowledged.len() < 50 {
        acknowledged.push(receiver.recv().await.unwrap());
    }
    drop(process);
    writer.await.unwrap();
    while let Some(id) = receiver.recv().await {
        acknowledged.push(id);
    }

    let aws = LocalAws::start(options(directory.path(), TEMPLATE)).await.unwrap();
    let client = aws_sdk_dynamodb::Client::new(&sdk(aws.endpoint()));
    for id in &acknowledged {
        let get = client.get_item().table_name("things");
        let get = get.key("pk", AttributeValue::S(id.clone()));
        assert!(get.send().await.unwrap().item.is_some(), "{id}");
    }
    let queues = aws.queues().await.unwrap();
    assert!(queues[0].visible >= acknowledged.len() as u64);
}

#[tokio::test]
async fn a_message_whose_receiver_has_died_waits_for_its_timeout_or_is_released() {
    let directory = tempfile::tempdir().unwrap();
    let before = LocalAws::start(options(directory.path(), TEMPLATE)).await.unwrap();
    write(before.endpoint()).await;
    let received = |endpoint: String| async move {
        let receive = aws_sdk_sqs::Client::new(&sdk(&endpoint)).receive_message().visibility_timeout(600);
        let receive = receive.queue_url(format!("{endpoint}/000000000000/jobs"));
        receive.send().await.unwrap().messages().len()
    };
    assert_eq!(received(before.endpoint().to_owned()).await, 1);
    before.shutdown().await.unwrap();

    let after = LocalAws::start(options(directory.path(), TEMPLATE)).await.unwrap();
    assert_eq!(received(after.endpoint().to_owned()).await, 0);
    after.release_in_flight().await.unwrap();
    assert_eq!(received(after.endpoint().to_owned()).await, 1);
}

#[tokio::test]
async fn a_data_directory_gains_what_the_template_has_gained() {
    let directory = tempfile::tempdir().unwrap();
    let before = LocalAws::start(options(directory.path(), TEMPLATE)).await.unwrap();
    write(before.endpoint()).await;
    before.shutdown().await.unwrap();

    let with_index = TEMPLATE
        .replace(
            "{AttributeName: pk, AttributeType: S}]",
            "{AttributeName: pk, AttributeType: S}, {AttributeName: kind, AttributeType: S}]",
        )
        .replace(
            "PAY_PER_REQUEST",
            "PAY_PER_REQUEST
      GlobalSecondaryIndexes:
        - IndexName: by-kind
          KeySchema: [{AttributeName: kind, KeyType: HASH}]
          Projection: {ProjectionType: ALL}
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}",
        )
        + "  More: {Type: AWS::SQS::Queue, Properties: {QueueName: more}}\n";
    let aws = LocalAws::start(options(directory.path(), &with_index)).await.unwrap();
    let client = aws_sdk_dynamodb::Client::new(&sdk(aws.endpoint()));
    let table = client.describe_table().table_name("things").send().await.unwrap().table.unwrap();
    assert_eq!(table.global_secondary_indexes()[0].index_name(), Some("by-kind"));
    assert_eq!(client.scan().table_name("things").send().await.unwrap().count(), 1);
    let ttl = client.describe_time_to_live().table_name("things").send().await.unwrap();
    assert_eq!(ttl.time_to_live_description().unwrap().attribute_name(), Some("ttl"));
    let queues = aws.queues().await.unwrap();
    let depths: Vec<_> = queues.iter().map(|it| (it.name.as_str(), it.visible)).collect();
    assert_eq!(depths, [("jobs", 1), ("more", 0)]);
}

#[tokio::test]
async fn a_terminated_process_ends_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let mut process = Process::start(directory.path());
    write(&process.endpoint).await;
    let pid = process.child.id().to_string();
    let kill = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(kill.unwrap().success());
    let ended = tokio::task::spawn_blocking(move || process.child.wait().unwrap());
    let status = tokio::time::timeout(Duration::from_secs(20), ended).await;
    assert!(status.unwrap().unwrap().success());
}
