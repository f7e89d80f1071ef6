use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use local_aws::LocalAws;

use crate::platform::{http, sdk, with_template};

const BUCKETS: &str = "
Resources:
  Files:
    Type: AWS::S3::Bucket
    Properties: {BucketName: files}
";

async fn files() -> (LocalAws, Client) {
    let aws = with_template(BUCKETS).await;
    let config = Builder::from(&sdk(aws.endpoint())).force_path_style(true);
    let client = Client::from_conf(config.build());
    (aws, client)
}

async fn read(client: &Client, key: &str) -> Vec<u8> {
    let object = client.get_object().bucket("files").key(key).send().await;
    let body = object.unwrap().body.collect().await.unwrap();
    body.into_bytes().to_vec()
}

#[expect(clippy::disallowed_methods, reason = "s3 has the machine's time")]
fn ten_minutes_ago() -> SystemTime {
    SystemTime::now() - Duration::from_mins(10)
}

#[tokio::test]
async fn an_object_comes_back_with_its_type() {
    let (_aws, client) = files().await;
    let put = client.put_object().bucket("files").key("acme/report.csv");
    put.content_type("text/csv").body(ByteStream::from_static(b"a,b\n")).send().await.unwrap();
    assert_eq!(read(&client, "acme/report.csv").await, b"a,b\n");
    let head = client.head_object().bucket("files").key("acme/report.csv");
    let head = head.send().await.unwrap();
    assert_eq!(head.content_length(), Some(4));
    assert_eq!(head.content_type(), Some("text/csv"));
}

#[tokio::test]
async fn a_streamed_upload_arrives_without_its_chunk_signatures() {
    let (_aws, client) = files().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let content = vec![b'x'; 200_000];
    std::fs::write(file.path(), &content).unwrap();
    // The SDK sends a file as aws-chunked, with its checksum behind it.
    let body = ByteStream::from_path(file.path()).await.unwrap();
    let put = client.put_object().bucket("files").key("streamed");
    put.body(body).send().await.unwrap();
    assert_eq!(read(&client, "streamed").await, content);
}

#[tokio::test]
async fn a_presigned_url_uploads_and_downloads_until_it_expires() {
    let (_aws, client) = files().await;
    let valid = PresigningConfig::expires_in(Duration::from_mins(5)).unwrap();
    let http = http();

    let put = client.put_object().bucket("files").key("upload");
    let put = put.presigned(valid.clone()).await.unwrap();
    let answer = http.put(put.uri()).body("content").send().await.unwrap();
    assert_eq!(answer.status(), 200);

    let get = || client.get_object().bucket("files").key("upload");
    let url = get().presigned(valid).await.unwrap();
    let answer = http.get(url.uri()).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "content");

    let expired =
        PresigningConfig::builder().start_time(ten_minutes_ago()).expires_in(Duration::from_mins(5)).build().unwrap();
    let url = get().presigned(expired).await.unwrap();
    assert_eq!(http.get(url.uri()).send().await.unwrap().status(), 403);

    let unsigned = url.uri().split('?').next().unwrap().to_owned();
    assert_eq!(http.get(unsigned).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_multipart_upload_is_one_object() {
    let (_aws, client) = files().await;
    let create = client.create_multipart_upload().bucket("files").key("big");
    let upload_id = create.send().await.unwrap().upload_id.unwrap();
    let parts = [vec![b'a'; 5 * 1024 * 1024], vec![b'b'; 10]];
    let mut completed = CompletedMultipartUpload::builder();
    for (number, part) in (1..).zip(&parts) {
        let uploaded = client
            .upload_part()
            .bucket("files")
            .key("big")
            .upload_id(&upload_id)
            .part_number(number)
            .body(ByteStream::from(part.clone()))
            .send()
            .await
            .unwrap();
        let part = CompletedPart::builder().part_number(number).set_e_tag(uploaded.e_tag);
        completed = completed.parts(part.build());
    }
    client
        .complete_multipart_upload()
        .bucket("files")
        .key("big")
        .upload_id(&upload_id)
        .multipart_upload(completed.build())
        .send()
        .await
        .unwrap();
    assert_eq!(read(&client, "big").await, parts.concat());
}

#[tokio::test]
async fn a_bucket_that_is_not_declared_does_not_exist() {
    let (_aws, client) = files().await;
    let put = client.put_object().bucket("nowhere").key("x");
    let put = put.body(ByteStream::from_static(b"x")).send().await;
    assert_eq!(put.unwrap_err().raw_response().unwrap().status().as_u16(), 404);
}
