use aws_sdk_sns::Client;
use aws_sdk_sns::error::ProvideErrorMetadata;

use super::{APPLICATION, NOWHERE, start};

async fn create(client: &Client, token: &str, user_data: Option<&str>) -> Result<String, String> {
    let create = client.create_platform_endpoint().platform_application_arn(APPLICATION).token(token);
    match create.set_custom_user_data(user_data.map(str::to_owned)).send().await {
        Ok(created) => Ok(created.endpoint_arn.unwrap()),
        Err(error) => Err(format!("{}: {}", error.code().unwrap(), error.message().unwrap())),
    }
}

#[tokio::test]
async fn a_token_has_one_endpoint() {
    let (_aws, client) = start(NOWHERE).await;
    let endpoint = create(&client, "t1", Some("user 1")).await.unwrap();
    assert!(endpoint.starts_with("arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventzr/"));
    assert_eq!(create(&client, "t1", Some("user 1")).await.unwrap(), endpoint);
    assert_ne!(create(&client, "t2", Some("user 1")).await.unwrap(), endpoint);
    let refused = format!(
        "InvalidParameter: Invalid parameter: Token Reason: Endpoint {endpoint} already exists with the same Token, \
         but different attributes."
    );
    assert_eq!(create(&client, "t1", Some("user 2")).await.unwrap_err(), refused);
}

#[tokio::test]
async fn a_disabled_endpoint_takes_nothing_until_it_is_enabled() {
    let (aws, client) = start(NOWHERE).await;
    let endpoint = create(&client, "t1", None).await.unwrap();
    let enable = |value: &str| client.set_endpoint_attributes().endpoint_arn(&endpoint).attributes("Enabled", value);
    enable("false").send().await.unwrap();
    let publish = || client.publish().target_arn(&endpoint).message("x").send();
    let error = publish().await.unwrap_err().into_service_error();
    assert!(error.is_endpoint_disabled_exception(), "{error:?}");
    assert!(create(&client, "t1", None).await.unwrap_err().contains("different attributes"));
    enable("true").send().await.unwrap();
    publish().await.unwrap();
    assert_eq!(aws.publications().await.unwrap().len(), 1);
}

#[tokio::test]
async fn attributes_are_kept_and_a_deleted_endpoint_has_none() {
    let (_aws, client) = start(NOWHERE).await;
    let endpoint = create(&client, "t1", Some("a & b")).await.unwrap();
    let set = client.set_endpoint_attributes().endpoint_arn(&endpoint);
    set.attributes("Token", "t2").attributes("Enabled", "False").send().await.unwrap();
    let attributes = client.get_endpoint_attributes().endpoint_arn(&endpoint).send().await.unwrap().attributes.unwrap();
    assert_eq!(attributes["Token"], "t2");
    assert_eq!(attributes["Enabled"], "false");
    assert_eq!(attributes["CustomUserData"], "a & b");
    for _ in 0..2 {
        client.delete_endpoint().endpoint_arn(&endpoint).send().await.unwrap();
    }
    let error = client.get_endpoint_attributes().endpoint_arn(&endpoint).send().await.unwrap_err();
    assert!(error.into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn an_application_has_its_form() {
    let (_aws, client) = start(NOWHERE).await;
    for application in ["arn:aws:sns:us-east-1:000000000000:app/GCM", "arn:aws:sqs:us-east-1:0:app/GCM/x", "x"] {
        let create = client.create_platform_endpoint().platform_application_arn(application).token("t");
        let error = create.send().await.unwrap_err();
        assert!(error.into_service_error().is_invalid_parameter_exception(), "{application}");
    }
}
