use aws_sdk_sns::error::ProvideErrorMetadata;
use local_aws::{Fault, PublicationKind, When};

use super::{APPLICATION, NOWHERE, TOPIC, start};

#[tokio::test]
async fn an_sms_can_be_read() {
    let (aws, client) = start(NOWHERE).await;
    client.publish().phone_number("+4915112345678").message("first").send().await.unwrap();
    let send = client.publish().phone_number("+4915112345678").message("Open https://eventzr.com/v/1.");
    let answer = send.send().await.unwrap();
    let publications = aws.publications().await.unwrap();
    assert_eq!(publications[1].message, "first");
    let sms = &publications[0];
    assert_eq!(sms.id, answer.message_id().unwrap());
    assert_eq!((sms.kind, sms.to.as_str()), (PublicationKind::Sms, "+4915112345678"));
    assert_eq!(sms.links, ["https://eventzr.com/v/1"]);
    assert_eq!(sms.subject, None);
    let json = serde_json::to_value(sms).unwrap();
    assert_eq!(json["kind"], "sms");
}

#[tokio::test]
async fn a_number_that_is_none_is_refused() {
    let (aws, client) = start(NOWHERE).await;
    for number in ["4915112345678", "+0123456", "+49151abc", "+1234567890123456"] {
        let error = client.publish().phone_number(number).message("x").send().await.unwrap_err();
        assert!(error.into_service_error().is_invalid_parameter_exception(), "{number}");
    }
    assert!(aws.publications().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_push_keeps_the_message_of_each_platform() {
    let (aws, client) = start(NOWHERE).await;
    let endpoint = client.create_platform_endpoint().platform_application_arn(APPLICATION).token("t1");
    let endpoint = endpoint.send().await.unwrap().endpoint_arn.unwrap();
    let message = r#"{"default":"Hi","GCM":"{\"data\":{\"link\":\"https://eventzr.com/e/1\"}}"}"#;
    let push = client.publish().target_arn(&endpoint).message_structure("json").subject("News").message(message);
    push.send().await.unwrap();
    let push = &aws.publications().await.unwrap()[0];
    assert_eq!((push.kind, &push.to), (PublicationKind::Push, &endpoint));
    assert_eq!(push.message, message);
    assert_eq!(push.subject.as_deref(), Some("News"));
    assert_eq!(push.links, ["https://eventzr.com/e/1"]);
}

#[tokio::test]
async fn a_message_must_be_what_it_says() {
    let (_aws, client) = start(NOWHERE).await;
    let too_long = "x".repeat(256 * 1024 + 1);
    for (structure, message) in [(Some("json"), "{}"), (Some("json"), "text"), (None, ""), (None, too_long.as_str())] {
        let publish = client.publish().topic_arn(TOPIC).message(message);
        let error = publish.set_message_structure(structure.map(str::to_owned)).send().await.unwrap_err();
        assert_eq!(error.code(), Some("InvalidParameter"), "{structure:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_cannot_be_published_to() {
    let (_aws, client) = start(NOWHERE).await;
    let error = client.publish().topic_arn(format!("{TOPIC}-not")).message("x").send().await.unwrap_err();
    assert!(error.into_service_error().is_not_found_exception());
    let endpoint = "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventzr/0";
    let error = client.publish().target_arn(endpoint).message("x").send().await.unwrap_err();
    assert!(error.message().unwrap().contains("No endpoint found"));
    let error = client.publish().message("x").send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameter"));
}

#[tokio::test]
async fn faults_hit_it_and_calls_are_counted() {
    let (aws, client) = start(NOWHERE).await;
    let publish = || client.publish().phone_number("+4915112345678").message("x").send();
    aws.faults().inject("Publish", Fault::Throttling, When::Next(1));
    let error = publish().await.unwrap_err();
    assert_eq!((error.code(), error.raw_response().unwrap().status().as_u16()), (Some("Throttled"), 429));
    aws.faults().inject("Publish", Fault::InternalError, When::Next(1));
    let error = publish().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 500);
    assert!(aws.publications().await.unwrap().is_empty());
    aws.faults().inject("Publish", Fault::DroppedAfter, When::Next(1));
    publish().await.unwrap_err();
    assert_eq!(aws.publications().await.unwrap().len(), 1);
    assert_eq!(aws.calls()["Publish"], 3);
}
