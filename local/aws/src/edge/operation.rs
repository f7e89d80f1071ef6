use http::request::Parts;
use http::{Method, header};

/// The service that a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Its bodies can be large: they are passed on as they come.
    S3,
    /// Its bodies are read whole first.
    Whole(WholeBody),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WholeBody {
    DynamoDb,
    Sqs,
    Ses,
}

/// The service, by the header of the JSON protocols, the form of the query protocol, or else S3.
pub(super) fn service(parts: &Parts) -> Service {
    match target(parts).map(|(prefix, _)| prefix) {
        Some(prefix) if prefix.starts_with("DynamoDB") => {
            return Service::Whole(WholeBody::DynamoDb);
        }
        Some("AmazonSQS") => return Service::Whole(WholeBody::Sqs),
        _ => {}
    }
    let form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if form && parts.method == Method::POST && parts.uri.path() == "/" {
        Service::Whole(WholeBody::Ses)
    } else {
        Service::S3
    }
}

/// The operation's name; the query protocol has it in the body.
pub(super) fn name(service: WholeBody, parts: &Parts, body: &[u8]) -> String {
    match service {
        WholeBody::DynamoDb | WholeBody::Sqs => target(parts).map_or("", |(_, name)| name).to_owned(),
        WholeBody::Ses => form_urlencoded::parse(body)
            .find(|(key, _)| key == "Action")
            .map_or(String::new(), |(_, action)| action.into_owned()),
    }
}

fn target(parts: &Parts) -> Option<(&str, &str)> {
    let target = parts.headers.get("x-amz-target")?.to_str().ok()?;
    target.split_once('.')
}

/// The name S3 gives to what method, path and query mean together.
pub(super) fn s3_name(parts: &Parts) -> &'static str {
    let path = parts.uri.path().trim_start_matches('/');
    let of_object = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let query = parts.uri.query().unwrap_or_default();
    let asks = |key: &str| form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == key);
    match (&parts.method, of_object) {
        (&Method::GET, true) if asks("uploadId") => "ListParts",
        (&Method::GET, true) => "GetObject",
        (&Method::HEAD, true) => "HeadObject",
        (&Method::PUT, true) if asks("uploadId") => "UploadPart",
        (&Method::PUT, true) if parts.headers.contains_key("x-amz-copy-source") => "CopyObject",
        (&Method::PUT, true) => "PutObject",
        (&Method::POST, true) if asks("uploads") => "CreateMultipartUpload",
        (&Method::POST, true) => "CompleteMultipartUpload",
        (&Method::DELETE, true) if asks("uploadId") => "AbortMultipartUpload",
        (&Method::DELETE, true) => "DeleteObject",
        (&Method::POST, false) => "DeleteObjects",
        (&Method::PUT, false) => "CreateBucket",
        (&Method::HEAD, false) => "HeadBucket",
        (&Method::DELETE, false) => "DeleteBucket",
        (&Method::GET, false) if path.is_empty() => "ListBuckets",
        (&Method::GET, false) => "ListObjectsV2",
        _ => "Unknown",
    }
}
