use aws_sdk_ses::Client;
use aws_sdk_ses::error::ProvideErrorMetadata;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::{Body, Content, Destination, Message, MessageTag, RawMessage};
use local_aws::LocalAws;
use serde_json::{Value as Json, json};

use super::{NOWHERE, json as body_of, start};
use crate::platform::sdk;

async fn send(aws: &LocalAws, to: &[&str], set: Option<&str>) -> Result<String, String> {
    let content = |text: &str| Content::builder().data(text).build().unwrap();
    let destination = Destination::builder().set_to_addresses(Some(to.iter().map(|it| (*it).to_owned()).collect()));
    let body = Body::builder().text(content("Hello")).build();
    let mail = Client::new(&sdk(aws.endpoint()))
        .send_email()
        .source("EventZR <auth@eventzr.com>")
        .destination(destination.build())
        .message(Message::builder().subject(content("Hello")).body(body).build())
        .tags(MessageTag::builder().name("kind").value("verify").build().unwrap())
        .set_configuration_set_name(set.map(str::to_owned));
    match mail.send().await {
        Ok(answer) => Ok(answer.message_id),
        Err(error) => Err(error.code().unwrap().to_owned()),
    }
}

/// The events that wait for the subscriber, behind its confirmation.
async fn events(aws: &LocalAws) -> Vec<Json> {
    let pending = aws.notifications().await.unwrap();
    let message = |body: Json| serde_json::from_str(body["Message"].as_str().unwrap()).unwrap();
    pending[1..].iter().map(|it| message(body_of(it))).collect()
}

/// The kinds of the events, a bounce with its type.
fn kinds(events: &[Json]) -> Vec<String> {
    let kind = |event: &Json| match event["eventType"].as_str().unwrap() {
        "Bounce" => {
            let bounce = &event["bounce"];
            format!("{}/{}", bounce["bounceType"].as_str().unwrap(), bounce["bounceSubType"].as_str().unwrap())
        }
        kind => kind.to_owned(),
    };
    events.iter().map(kind).collect()
}

#[tokio::test]
async fn the_simulators_addresses_behave_as_they_are_called() {
    let cases: [(&str, &[&str]); 8] = [
        ("ann@example.com", &["Delivery"]),
        ("success@simulator.amazonses.com", &["Delivery"]),
        ("bounce@simulator.amazonses.com", &["Permanent/General"]),
        ("Bounce+label@simulator.amazonses.com", &["Permanent/General"]),
        ("suppressionlist@simulator.amazonses.com", &["Permanent/Suppressed"]),
        ("ooto@simulator.amazonses.com", &["Delivery", "Transient/General"]),
        ("complaint@simulator.amazonses.com", &["Delivery", "Complaint"]),
        ("Complaint <complaint+1@simulator.amazonses.com>", &["Delivery", "Complaint"]),
    ];
    for (address, expected) in cases {
        let (aws, _) = start(NOWHERE).await;
        send(&aws, &[address], Some("mail")).await.unwrap();
        assert_eq!(kinds(&events(&aws).await), expected, "{address}");
    }
}

#[tokio::test]
async fn an_event_says_which_mail_and_whom() {
    let (aws, _) = start(NOWHERE).await;
    let to = ["ann@example.com", "bounce@simulator.amazonses.com"];
    let id = send(&aws, &to, Some("mail")).await.unwrap();
    let events = events(&aws).await;
    let [delivery, bounce] = events.as_slice() else { panic!("{events:?}") };
    for event in [delivery, bounce] {
        let mail = &event["mail"];
        assert_eq!(mail["messageId"], id);
        assert_eq!(mail["destination"], json!(to));
        assert_eq!(mail["source"], "EventZR <auth@eventzr.com>");
        assert_eq!(mail["tags"]["ses:configuration-set"], json!(["mail"]));
        assert_eq!(mail["tags"]["kind"], json!(["verify"]));
    }
    assert_eq!(delivery["delivery"]["recipients"], json!(["ann@example.com"]));
    let bounced = &bounce["bounce"]["bouncedRecipients"][0];
    assert_eq!(bounced["emailAddress"], "bounce@simulator.amazonses.com");
    assert_eq!((&bounced["action"], &bounced["status"]), (&json!("failed"), &json!("5.1.1")));
}

#[tokio::test]
async fn a_raw_mail_has_its_headers_in_the_event() {
    let (aws, _) = start(NOWHERE).await;
    let mail = "From: a@example.com\r\nTo: complaint@simulator.amazonses.com\r\nX-Kind: digest\r\n\
                Subject: Hello\r\nX-SES-CONFIGURATION-SET: mail\r\n\
                X-SES-MESSAGE-TAGS: kind=digest, part=1\r\n\r\nHello\r\n";
    let raw = RawMessage::builder().data(Blob::new(mail)).build().unwrap();
    Client::new(&sdk(aws.endpoint())).send_raw_email().raw_message(raw).send().await.unwrap();
    let events = events(&aws).await;
    assert_eq!(kinds(&events), ["Delivery", "Complaint"]);
    assert_eq!(events[1]["mail"]["tags"]["part"], json!(["1"]));
    let headers = events[1]["mail"]["headers"].as_array().unwrap();
    assert!(headers.contains(&json!({"name": "X-Kind", "value": "digest"})));
    assert_eq!(events[1]["complaint"]["complaintFeedbackType"], "abuse");
}

#[tokio::test]
async fn without_a_configuration_set_nobody_is_told() {
    let (aws, _) = start(NOWHERE).await;
    send(&aws, &["ann@example.com"], None).await.unwrap();
    assert!(events(&aws).await.is_empty());
}

#[tokio::test]
async fn an_unknown_configuration_set_is_refused() {
    let (aws, _) = start(NOWHERE).await;
    let refused = send(&aws, &["ann@example.com"], Some("unknown")).await;
    assert_eq!(refused.unwrap_err(), "ConfigurationSetDoesNotExist");
    assert!(aws.mailbox().await.unwrap().is_empty());
}
