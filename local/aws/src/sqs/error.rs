use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use crate::edge::{Body, json};

/// What SQS answers when it refuses, with the words of its API reference.
#[derive(Debug, thiserror::Error)]
pub(super) enum SqsError {
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    #[error("A queue already exists with the same name and a different value for attribute {0}")]
    QueueNameExists(String),
    #[error("The input receipt handle is invalid.")]
    ReceiptHandleIsInvalid,
    #[error("The message referred to is not in flight.")]
    MessageNotInflight,
    #[error("Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 and up")]
    InvalidMessageContents,
    #[error("There should be at least one entry in the request.")]
    EmptyBatchRequest,
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntriesInBatchRequest(usize),
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."
    )]
    InvalidBatchEntryId,
    #[error("Batch requests cannot be longer than {0} bytes.")]
    BatchRequestTooLong(usize),
    #[error("{0}")]
    InvalidParameterValue(String),
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    #[error("Unknown Attribute {0}.")]
    InvalidAttributeName(String),
    #[error("Invalid value for the parameter {0}.")]
    InvalidAttributeValue(String),
    #[error("The operation {0} is not implemented here.")]
    UnknownOperation(String),
    #[error("{0}")]
    Serialization(#[from] serde_json::Error),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Worker(#[from] tokio::task::JoinError),
}

impl SqsError {
    /// The code of the query protocol, which the SDKs still report.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::QueueDoesNotExist => "AWS.SimpleQueueService.NonExistentQueue",
            Self::QueueNameExists(_) => "QueueAlreadyExists",
            Self::ReceiptHandleIsInvalid => "ReceiptHandleIsInvalid",
            Self::MessageNotInflight => "AWS.SimpleQueueService.MessageNotInflight",
            Self::InvalidMessageContents => "InvalidMessageContents",
            Self::EmptyBatchRequest => "AWS.SimpleQueueService.EmptyBatchRequest",
            Self::TooManyEntriesInBatchRequest(_) => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            Self::BatchEntryIdsNotDistinct(_) => "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            Self::InvalidBatchEntryId => "AWS.SimpleQueueService.InvalidBatchEntryId",
            Self::BatchRequestTooLong(_) => "AWS.SimpleQueueService.BatchRequestTooLong",
            Self::InvalidParameterValue(_) => "InvalidParameterValue",
            Self::MissingParameter(_) => "MissingParameter",
            Self::InvalidAttributeName(_) => "InvalidAttributeName",
            Self::InvalidAttributeValue(_) => "InvalidAttributeValue",
            Self::UnknownOperation(_) => "InvalidAction",
            Self::Serialization(_) => "MalformedInput",
            Self::Sqlite(_) | Self::Worker(_) => "InternalFailure",
        }
    }

    /// The name of the error's shape in the JSON protocol.
    fn shape(&self) -> &'static str {
        match self {
            Self::QueueDoesNotExist => "com.amazonaws.sqs#QueueDoesNotExist",
            Self::QueueNameExists(_) => "com.amazonaws.sqs#QueueNameExists",
            Self::ReceiptHandleIsInvalid => "com.amazonaws.sqs#ReceiptHandleIsInvalid",
            Self::MessageNotInflight => "com.amazonaws.sqs#MessageNotInflight",
            Self::InvalidMessageContents => "com.amazonaws.sqs#InvalidMessageContents",
            Self::EmptyBatchRequest => "com.amazonaws.sqs#EmptyBatchRequest",
            Self::TooManyEntriesInBatchRequest(_) => "com.amazonaws.sqs#TooManyEntriesInBatchRequest",
            Self::BatchEntryIdsNotDistinct(_) => "com.amazonaws.sqs#BatchEntryIdsNotDistinct",
            Self::InvalidBatchEntryId => "com.amazonaws.sqs#InvalidBatchEntryId",
            Self::BatchRequestTooLong(_) => "com.amazonaws.sqs#BatchRequestTooLong",
            Self::InvalidParameterValue(_) => "com.amazon.coral.service#InvalidParameterValueException",
            Self::MissingParameter(_) => "com.amazon.coral.service#MissingRequiredParameterException",
            Self::InvalidAttributeName(_) => "com.amazonaws.sqs#InvalidAttributeName",
            Self::InvalidAttributeValue(_) => "com.amazonaws.sqs#InvalidAttributeValue",
            Self::UnknownOperation(_) => "com.amazon.coral.service#UnknownOperationException",
            Self::Serialization(_) => "com.amazon.coral.service#SerializationException",
            Self::Sqlite(_) | Self::Worker(_) => "com.amazon.coral.service#InternalFailure",
        }
    }

    pub(super) fn is_senders_fault(&self) -> bool {
        !matches!(self, Self::Sqlite(_) | Self::Worker(_))
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let (status, fault) = if self.is_senders_fault() {
            (StatusCode::BAD_REQUEST, "Sender")
        } else {
            tracing::error!(error = %self, "the store of messages failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "Receiver")
        };
        let body = json!({"__type": self.shape(), "message": self.to_string()});
        let mut response = json(status, &body);
        if let Ok(code) = HeaderValue::from_str(&format!("{};{fault}", self.code())) {
            response.headers_mut().insert("x-amzn-query-error", code);
        }
        response
    }
}
