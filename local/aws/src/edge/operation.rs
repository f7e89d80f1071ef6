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
    Sns,
}

/// The version that SNS's requests in the query protocol have; SES's is `2010-12-01`.
const SNS_VERSION: &str = "2010-03-31";

impl WholeBody {
    /// The query protocol names its service only in the form, by the version.
    pub(super) fn by_version(self, form: &[u8]) -> Self {
        match self {
            Self::Ses if field(form, "Version").as_deref() == Some(SNS_VERSION) => Self::Sns,
            other => other,
        }
    }
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
    if is_sns_link(parts) {
        return Service::Whole(WholeBody::Sns);
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
        WholeBody::Ses | WholeBody::Sns => field(body, "Action").unwrap_or_default(),
    }
}

/// Whether this is an address that SNS puts into its messages: `/?Action=ConfirmSubscription&…`.
pub(super) fn is_sns_link(parts: &Parts) -> bool {
    let query = parts.uri.query().unwrap_or_default();
    parts.method == Method::GET && parts.uri.path() == "/" && field(query.as_bytes(), "Action").is_some()
}

fn field(form: &[u8], name: &str) -> Option<String> {
    let mut fields = form_urlencoded::parse(form);
    fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
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
