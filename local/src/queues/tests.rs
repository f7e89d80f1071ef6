use std::sync::Mutex;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use local_aws::{LocalAws, Options, QueueDepth};
use shared::jobs;
use tokio_util::sync::CancellationToken;

use super::*;

const TEMPLATE: &str = "
Resources:
  Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: dead}}
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: jobs
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: worker
      Events:
        Jobs:
          Type: SQS
          Properties: {Queue: !GetAtt Jobs.Arn, BatchSize: 5, FunctionResponseTypes: [ReportBatchItemFailures]}
";

/// Notes what it gets, and fails what says `bad`.
#[derive(Default)]
struct Notes(Mutex<Vec<(String, u32)>>);

impl Worker for Notes {
    fn timer<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        async { Ok(()) }.boxed()
    }

    fn message<'a>(&'a self, message: jobs::Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        self.0.lock().unwrap().push((message.body.to_owned(), message.receives));
        let good = message.body != "bad";
        async move { if good { Ok(()) } else { Err(Error::internal("as told")) } }.boxed()
    }
}

async fn depth_when(aws: &LocalAws, reached: impl Fn(&QueueDepth) -> bool) -> QueueDepth {
    let looking = async {
        loop {
            let queues = aws.queues().await.unwrap();
            if let Some(jobs) = queues.into_iter().find(|queue| queue.name == "jobs" && reached(queue)) {
                return jobs;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looking).await.unwrap()
}

#[tokio::test]
async fn what_succeeds_is_deleted_and_what_fails_ends_as_a_dead_letter() {
    let options = Options { template: Some(TEMPLATE.to_owned()), ..Options::default() };
    let aws = LocalAws::start(options).await.unwrap();
    let function = &aws.template().functions[0];
    let env: Env = aws.function_env("Worker").unwrap().into_iter().collect();
    let notes = Arc::new(Notes::default());
    let source = &function.queue_sources[0];
    let reader = connect(source, notes.clone(), &env).await.unwrap();
    let client = Client::new(&shared::store::sdk_config(&AwsConfig::from_env(&env)).await);
    let url = client.get_queue_url().queue_name(&source.queue).send().await.unwrap().queue_url.unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(reader.run(stop.clone()));

    for body in ["one", "bad", "two"] {
        client.send_message().queue_url(&url).message_body(body).send().await.unwrap();
    }
    let is_in_flight = |queue: &QueueDepth| (queue.visible, queue.in_flight) == (0, 1);
    depth_when(&aws, is_in_flight).await;
    assert_eq!(times(&notes, "bad"), [1], "it comes again only when its visibility timeout ends");
    aws.advance(Duration::from_secs(61));
    depth_when(&aws, |queue| is_in_flight(queue) && times(&notes, "bad").len() == 2).await;
    aws.advance(Duration::from_secs(61));
    let end = depth_when(&aws, |queue| queue.dead_letters == 1).await;
    assert_eq!((end.visible, end.in_flight), (0, 0));
    assert_eq!((times(&notes, "one"), times(&notes, "two"), times(&notes, "bad")), (vec![1], vec![1], vec![1, 2]));

    stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
    aws.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_queue_that_is_not_declared_is_an_error() {
    let options = Options { template: Some(TEMPLATE.to_owned()), ..Options::default() };
    let aws = LocalAws::start(options).await.unwrap();
    let env: Env = aws.function_env("Worker").unwrap().into_iter().collect();
    let source = QueueSource { queue: "nowhere".to_owned(), ..aws.template().functions[0].queue_sources[0].clone() };
    assert!(connect(&source, Arc::new(Notes::default()), &env).await.is_err());
}

/// The receive counts with which a body came.
fn times(notes: &Notes, body: &str) -> Vec<u32> {
    let notes = notes.0.lock().unwrap();
    notes.iter().filter(|(noted, _)| noted == body).map(|(_, receives)| *receives).collect()
}
