//! What the SDK's errors mean to us.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::error::Error;

/// Codes that mean: too fast, come back.
const THROTTLING: [&str; 5] = [
    "ThrottlingException",
    "Throttling",
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
];

/// Whether an error or cancellation code means throttling.
pub(crate) fn is_throttling(code: &str) -> bool {
    THROTTLING.contains(&code)
}

/// An SDK error as ours: what is down, slow or throttling is 503, the rest is our fault.
pub(crate) fn classify<E>(error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let passing = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or_default();
            is_throttling(code)
                || code == "TransactionConflictException"
                || code == "TransactionInProgressException"
                || service.raw().status().as_u16() >= 500
        }
        _ => false,
    };
    if passing { Error::unavailable(error) } else { Error::internal(error) }
}
