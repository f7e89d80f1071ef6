//! The one port: who may come in, which service is meant, and what is to go wrong.

mod answer;
mod guard;
mod listen;
mod operation;

use std::future::Future;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;

pub(crate) use answer::{Body, escape_xml, json, pem, plain, query_error, xml};
pub(crate) use listen::serve;

use answer::ConnectionDropped;
use operation::{Service, WholeBody};

use crate::calls::Calls;
use crate::dynamodb::DynamoDb;
use crate::faults::{Fault, Faults};
use crate::s3::S3;
use crate::ses::Ses;
use crate::sns::{self, Sns};
use crate::sqs::Sqs;

/// DynamoDB's own limit, the largest of those whose bodies are read here.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Everything a request can reach.
pub(crate) struct Edge {
    pub(crate) dynamodb: DynamoDb,
    pub(crate) sqs: Sqs,
    pub(crate) ses: Ses,
    pub(crate) sns: Sns,
    pub(crate) s3: S3,
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
}

impl Edge {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, ConnectionDropped> {
        if let Some(status) = guard::refusal(request.headers()) {
            return Ok(answer::plain(status));
        }
        let (parts, body) = request.into_parts();
        // No bucket's name has capital letters.
        if parts.method == Method::GET && parts.uri.path().starts_with(sns::CERTIFICATE_PATH) {
            return Ok(self.sns.certificates(parts.uri.path().to_owned()).await);
        }
        match operation::service(&parts) {
            Service::S3 => {
                let operation = operation::s3_name(&parts);
                let request = Request::from_parts(parts, body);
                let run = async { Ok(self.s3.answer(request).await) };
                self.with_faults(Service::S3, operation, &[], run).await
            }
            Service::Whole(service) => self.answer_whole(service, parts, body).await,
        }
    }

    async fn answer_whole(
        &self,
        service: WholeBody,
        parts: Parts,
        body: Incoming,
    ) -> Result<Response<Body>, ConnectionDropped> {
        let body = match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return Ok(answer::plain(StatusCode::PAYLOAD_TOO_LARGE));
            }
            Err(_) => return Err(ConnectionDropped),
        };
        let body = if operation::is_sns_link(&parts) {
            Bytes::from(parts.uri.query().unwrap_or_default().to_owned())
        } else {
            body
        };
        let service = service.by_version(&body);
        let operation = operation::name(service, &parts, &body);
        let run = async {
            match service {
                WholeBody::DynamoDb => self.forward(parts, body.clone()).await,
                WholeBody::Sqs => Ok(self.sqs.answer(&operation, &body).await),
                WholeBody::Ses => Ok(self.ses.answer(&operation, &body).await),
                WholeBody::Sns => Ok(self.sns.answer(&operation, &body).await),
            }
        };
        self.with_faults(Service::Whole(service), &operation, &body, run).await
    }

    async fn forward(&self, parts: Parts, body: Bytes) -> Result<Response<Body>, ConnectionDropped> {
        match self.dynamodb.forward(parts.headers, body).await {
            Ok(response) => Ok(response.map(|body| body.map_err(Into::into).boxed_unsync())),
            Err(error) => {
                tracing::error!(%error, "dynamodb gave no answer");
                Err(ConnectionDropped)
            }
        }
    }

    /// Counts the call and runs it, or what a fault makes of it.
    async fn with_faults(
        &self,
        service: Service,
        operation: &str,
        body: &[u8],
        run: impl Future<Output = Result<Response<Body>, ConnectionDropped>>,
    ) -> Result<Response<Body>, ConnectionDropped> {
        self.calls.count(operation);
        match self.faults.strike(operation) {
            None => run.await,
            Some(Fault::Delay(delay)) => {
                tokio::time::sleep(delay).await;
                run.await
            }
            Some(Fault::DroppedBefore) => Err(ConnectionDropped),
            Some(Fault::DroppedAfter) => {
                // The effect is whole once the answer is.
                let answer = run.await?.into_body().collect().await;
                tracing::debug!(lost = answer.is_ok(), operation, "dropping the connection");
                Err(ConnectionDropped)
            }
            Some(Fault::TransactionConflict) => Ok(answer::transaction_conflict(operation, body)),
            Some(Fault::Throttling) => Ok(answer::throttled(service)),
            Some(Fault::ThroughputExceeded) => {
                Ok(answer::service_error(service, StatusCode::BAD_REQUEST, "ProvisionedThroughputExceededException"))
            }
            Some(Fault::InternalError) => {
                Ok(answer::service_error(service, StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"))
            }
        }
    }
}
