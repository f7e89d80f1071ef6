use std::os::unix::fs::PermissionsExt;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use local_aws::{LocalAws, Options, SnsDelivery};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::{NOWHERE, TOPIC, json, start, template};
use crate::platform::{http, sdk};

const FUNCTION: &str = "
  Subscribing:
    Type: AWS::Serverless::Function
";

/// Verifies a delivery as a subscriber does that trusts one authority.
async fn verify(delivery: &SnsDelivery, ca: &str) {
    let body = json(delivery);
    let names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    let lines = names.iter().filter_map(|name| Some(format!("{name}\n{}\n", body[name].as_str()?)));
    let canonical: String = lines.collect();
    let signature = BASE64_STANDARD.decode(body["Signature"].as_str().unwrap()).unwrap();

    let url = body["SigningCertURL"].as_str().unwrap();
    let chain = http().get(url).send().await.unwrap().text().await.unwrap();
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain.as_bytes()).map(Result::unwrap).collect();
    let ca = CertificateDer::from_pem_file(ca).unwrap();
    assert_eq!(chain[1], ca);
    let leaf = webpki::EndEntityCert::try_from(&chain[0]).unwrap();
    let name = ServerName::try_from("sns.amazonaws.com").unwrap();
    leaf.verify_is_valid_for_subject_name(&name).unwrap();
    let anchor = webpki::anchor_from_trusted_cert(&ca).unwrap();
    leaf.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &[anchor],
        &[],
        now(),
        webpki::KeyUsage::server_auth(),
        None,
        None,
    )
    .unwrap();
    let algorithm = webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256;
    leaf.verify_signature(algorithm, canonical.as_bytes(), &signature).unwrap();
    assert!(leaf.verify_signature(algorithm, b"something else", &signature).is_err());
}

#[expect(clippy::disallowed_methods, reason = "certificates are valid by the machine's time")]
fn now() -> UnixTime {
    UnixTime::since_unix_epoch(SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
}

#[tokio::test]
async fn deliveries_are_signed_by_a_certificate_of_the_authority() {
    let template = template(NOWHERE) + FUNCTION;
    let aws = crate::platform::with_template(&template).await;
    let client = aws_sdk_sns::Client::new(&sdk(aws.endpoint()));
    client.publish().topic_arn(TOPIC).message("without a subject").send().await.unwrap();
    client.publish().topic_arn(TOPIC).subject("with one").message("Zoë\nand more").send().await.unwrap();
    let ca = &aws.function_env("Subscribing").unwrap()["AWS_CA_BUNDLE"];
    let pending = aws.notifications().await.unwrap();
    assert_eq!(pending.len(), 3);
    for delivery in &pending {
        verify(delivery, ca).await;
    }
}

#[tokio::test]
async fn with_a_data_directory_key_and_authority_stay_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let options = || Options {
        data: Some(directory.path().join("data")),
        template: Some(template(NOWHERE) + FUNCTION),
        ..Options::default()
    };
    let mut authorities = Vec::new();
    for _ in 0..2 {
        let aws = LocalAws::start(options()).await.unwrap();
        let ca = aws.function_env("Subscribing").unwrap()["AWS_CA_BUNDLE"].clone();
        verify(&aws.notifications().await.unwrap()[0], &ca).await;
        authorities.push(std::fs::read_to_string(ca).unwrap());
        aws.shutdown().await.unwrap();
    }
    assert_eq!(authorities[0], authorities[1]);
    for file in ["ca.key", "sns.pem"] {
        let metadata = std::fs::metadata(directory.path().join("data").join(file)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn another_certificate_is_not_there() {
    let (aws, _) = start(NOWHERE).await;
    let url = format!("{}/SimpleNotificationService-0000000000000000.pem", aws.endpoint());
    assert_eq!(http().get(url).send().await.unwrap().status(), 404);
}
