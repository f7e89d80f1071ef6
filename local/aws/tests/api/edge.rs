use reqwest::StatusCode;

use crate::platform::{http, platform};

async fn status(header: &str, value: &str) -> StatusCode {
    let aws = platform().await;
    let request = http().post(aws.endpoint()).header(header, value);
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn a_name_that_is_not_this_machines_is_misdirected() {
    assert_eq!(status("host", "evil.example").await, 421);
    assert_eq!(status("host", "127.0.0.1.evil.example:80").await, 421);
    assert_eq!(status("host", "host.docker.internal.evil.example").await, 421);
    assert_ne!(status("host", "host.docker.internal:4566").await, 421);
}

#[tokio::test]
async fn a_web_page_from_elsewhere_is_forbidden() {
    for origin in ["https://evil.example", "null", "http://localhost.evil.example", "http://localhost:3000"] {
        assert_eq!(status("origin", origin).await, 403, "{origin}");
    }
}

#[tokio::test]
async fn its_own_address_may_be_the_origin() {
    let aws = platform().await;
    let request = http().get(aws.endpoint()).header("origin", aws.endpoint());
    // S3 refuses it for its missing signature; the edge would have done so without a body.
    let answer = request.send().await.unwrap().text().await.unwrap();
    assert!(answer.contains("AccessDenied"), "{answer}");
}
