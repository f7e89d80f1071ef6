//! Answers that the edge gives itself, in the form that each service's SDK reads.

use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value as Json, json};

use super::operation::{Service, WholeBody};
use crate::ambient;

pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// Said to hyper to make it close the connection instead of answering.
#[derive(Debug)]
pub(crate) struct ConnectionDropped;

impl fmt::Display for ConnectionDropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection was dropped on request")
    }
}

impl std::error::Error for ConnectionDropped {}

pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// An answer of one of the JSON protocols.
pub(crate) fn json(status: StatusCode, body: &Json) -> Response<Body> {
    with_type(status, "application/x-amz-json-1.0", body.to_string())
}

/// An answer of the query protocol or S3.
pub(crate) fn xml(status: StatusCode, body: String) -> Response<Body> {
    with_type(status, "text/xml", body)
}

/// A file of certificates.
pub(crate) fn pem(certificates: String) -> Response<Body> {
    with_type(StatusCode::OK, "application/x-pem-file", certificates)
}

/// Text that may stand inside an XML element.
pub(crate) fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(crate) fn plain(status: StatusCode) -> Response<Body> {
    with_type(status, "text/plain", status.to_string())
}

fn with_type(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(full(body));
    *response.status_mut() = status;
    let content_type = header::HeaderValue::from_static(content_type);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    if let Ok(id) = header::HeaderValue::from_str(&ambient::id().to_string()) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

/// An error that any operation of a service can give.
pub(super) fn service_error(service: Service, status: StatusCode, code: &str) -> Response<Body> {
    let message = "injected by the embedded AWS";
    match service {
        Service::Whole(WholeBody::DynamoDb | WholeBody::Sqs) => {
            json(status, &json!({"__type": format!("com.amazonaws#{code}"), "message": message}))
        }
        Service::Whole(WholeBody::Ses | WholeBody::Sns) => query_error(status, code, message),
        Service::S3 => xml(status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")),
    }
}

/// An error in the query protocol, which SES and SNS speak.
pub(crate) fn query_error(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let fault = if status.is_server_error() { "Receiver" } else { "Sender" };
    let (message, request_id) = (escape_xml(message), ambient::id());
    let body = format!(
        "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>"
    );
    xml(status, body)
}

/// The error that a service throttles with.
pub(super) fn throttled(service: Service) -> Response<Body> {
    let (status, code) = match service {
        Service::S3 => (StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
        Service::Whole(WholeBody::Ses) => (StatusCode::BAD_REQUEST, "Throttling"),
        Service::Whole(WholeBody::Sns) => (StatusCode::TOO_MANY_REQUESTS, "Throttled"),
        Service::Whole(WholeBody::DynamoDb | WholeBody::Sqs) => (StatusCode::BAD_REQUEST, "ThrottlingException"),
    };
    service_error(service, status, code)
}

/// What DynamoDB says when another transaction holds the first item of this one.
pub(super) fn transaction_conflict(operation: &str, body: &[u8]) -> Response<Body> {
    #[derive(Deserialize)]
    struct Transaction {
        #[serde(rename = "TransactItems", default)]
        items: Vec<IgnoredAny>,
    }

    if !operation.starts_with("Transact") {
        return json(
            StatusCode::BAD_REQUEST,
            &json!({
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
                "message": "Transaction is ongoing for the item",
            }),
        );
    }
    let transaction: Option<Transaction> = serde_json::from_slice(body).ok();
    let items = transaction.map_or(1, |it| it.items.len());
    let mut codes = vec!["None"; items];
    let mut reasons = vec![json!({"Code": "None"}); items];
    if let (Some(code), Some(reason)) = (codes.first_mut(), reasons.first_mut()) {
        *code = "TransactionConflict";
        *reason = json!({"Code": code, "Message": "Transaction is ongoing for the item"});
    }
    json(
        StatusCode::BAD_REQUEST,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": format!(
                "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                codes.join(", "),
            ),
            "CancellationReasons": reasons,
        }),
    )
}
