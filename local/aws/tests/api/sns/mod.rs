//! SNS as its SDK and its subscribers see it.

mod delivery;
mod endpoints;
mod mail_events;
mod publish;
mod receiver;
mod signature;

use aws_sdk_sns::Client;
use local_aws::{LocalAws, SnsDelivery};
use serde_json::Value as Json;

use crate::platform::{sdk, with_template};

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:news";
const APPLICATION: &str = "arn:aws:sns:us-east-1:000000000000:app/GCM/eventzr";
/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1/hooks/sns";

/// A topic with one subscriber, which also hears of mail.
fn template(subscriber: &str) -> String {
    format!(
        "
Resources:
  News: {{Type: AWS::SNS::Topic, Properties: {{TopicName: news}}}}
  Subscriber:
    Type: AWS::SNS::Subscription
    Properties: {{TopicArn: !Ref News, Protocol: http, Endpoint: '{subscriber}'}}
  Mail: {{Type: AWS::SES::ConfigurationSet, Properties: {{Name: mail}}}}
  MailEvents:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination:
        Enabled: true
        MatchingEventTypes: [delivery, bounce, complaint]
        SnsDestination: {{TopicARN: !Ref News}}
"
    )
}

async fn start(subscriber: &str) -> (LocalAws, Client) {
    let aws = with_template(&template(subscriber)).await;
    let client = Client::new(&sdk(aws.endpoint()));
    (aws, client)
}

fn json(delivery: &SnsDelivery) -> Json {
    serde_json::from_str(&delivery.body).unwrap()
}

fn header<'d>(delivery: &'d SnsDelivery, name: &str) -> &'d str {
    let found = delivery.headers.iter().find(|(it, _)| it == name);
    found.map_or("", |(_, value)| value)
}
