mod delivery;
mod groups;
mod long_poll;
mod requests;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use local_aws::LocalAws;

use crate::platform::{sdk, with_template};

const QUEUES: &str = r"
Resources:
  Work:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: work
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}
  Dead:
    Type: AWS::SQS::Queue
    Properties: {QueueName: dead}
  Late:
    Type: AWS::SQS::Queue
    Properties: {QueueName: late, DelaySeconds: 30}
  Ordered:
    Type: AWS::SQS::Queue
    Properties: {QueueName: ordered.fifo, FifoQueue: true}
";

struct Queues {
    aws: LocalAws,
    client: Client,
}

impl Queues {
    async fn start() -> Self {
        let aws = with_template(QUEUES).await;
        let client = Client::new(&sdk(aws.endpoint()));
        Self { aws, client }
    }

    fn url(&self, name: &str) -> String {
        format!("{}/000000000000/{name}", self.aws.endpoint())
    }

    async fn send(&self, queue: &str, body: &str) {
        let send = self.client.send_message().queue_url(self.url(queue));
        send.message_body(body).send().await.unwrap();
    }

    async fn send_in_order(&self, group: &str, id: &str) -> String {
        self.client
            .send_message()
            .queue_url(self.url("ordered.fifo"))
            .message_body(id)
            .message_group_id(group)
            .message_deduplication_id(id)
            .send()
            .await
            .unwrap()
            .message_id
            .unwrap()
    }

    async fn receive(&self, queue: &str) -> Vec<Message> {
        self.client
            .receive_message()
            .queue_url(self.url(queue))
            .max_number_of_messages(10)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .await
            .unwrap()
            .messages
            .unwrap_or_default()
    }

    async fn bodies(&self, queue: &str) -> Vec<String> {
        let messages = self.receive(queue).await;
        messages.into_iter().map(|it| it.body.unwrap()).collect()
    }

    async fn delete(&self, queue: &str, message: &Message) {
        let delete = self.client.delete_message().queue_url(self.url(queue));
        let handle = message.receipt_handle().unwrap();
        delete.receipt_handle(handle).send().await.unwrap();
    }
}
