//! SNS, by the query protocol: SMS and pushes go into a list that can be read; what is published
//! to a topic is posted to the topic's HTTP subscriptions.

mod deliver;
mod endpoints;
mod envelope;
mod error;
mod outbox;
mod publication;
mod publish;
mod signer;

use std::collections::BTreeSet;
use std::sync::Arc;

use http::{Response, StatusCode};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

pub(crate) use outbox::{Notification, add as notify};
pub use publication::{Publication, PublicationKind};
pub(crate) use signer::{CA_FILE, CERTIFICATE_PATH, Signer};

use error::SnsError;
use publish::Publish;

use crate::clock::Clock;
use crate::edge::{Body, pem, plain, xml};
use crate::form::Form;
use crate::sqlite::Sqlite;
use crate::template::{Subscription, Template};
use crate::{Error, ambient};

pub(crate) struct Sns {
    sqlite: Sqlite,
    clock: Arc<Clock>,
    endpoint: String,
    signer: Arc<Signer>,
    /// The ARNs of the topics.
    topics: BTreeSet<String>,
    subscriptions: Vec<Subscription>,
    /// Told whenever there may be something to deliver.
    arrival: Arc<Notify>,
}

/// What SNS posts to a subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnsDelivery {
    /// What [`LocalAws::acknowledge`](crate::LocalAws::acknowledge) takes.
    pub id: i64,
    /// The subscription's address.
    pub endpoint: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// JSON, signed.
    pub body: String,
}

impl Sns {
    pub(crate) fn new(
        sqlite: Sqlite,
        clock: Arc<Clock>,
        endpoint: String,
        signer: Arc<Signer>,
        template: &Template,
    ) -> Self {
        let topics = template.topics.iter().map(|topic| topic.arn.clone()).collect();
        let subscriptions = template.subscriptions.clone();
        Self { sqlite, clock, endpoint, signer, topics, subscriptions, arrival: Arc::default() }
    }

    /// What to tell when something was put into the outbox.
    pub(crate) fn arrival(&self) -> Arc<Notify> {
        Arc::clone(&self.arrival)
    }

    pub(crate) async fn answer(&self, action: &str, body: &[u8]) -> Response<Body> {
        match self.run(action, Form::parse(body)).await {
            Ok(result) => {
                let result = match result.as_str() {
                    "" => String::new(),
                    result => format!("<{action}Result>{result}</{action}Result>"),
                };
                xml(
                    StatusCode::OK,
                    format!(
                        "<{action}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">{result}\
                         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
                        ambient::id()
                    ),
                )
            }
            Err(error) => error.into_response(),
        }
    }

    async fn run(&self, action: &str, form: Form) -> Result<String, SnsError> {
        let operation: fn(&Connection, &Form) -> Result<String, SnsError> = match action {
            "Publish" => return self.publish(&form).await,
            "ConfirmSubscription" => outbox::confirm,
            "CreatePlatformEndpoint" => endpoints::create,
            "GetEndpointAttributes" => endpoints::attributes,
            "SetEndpointAttributes" => endpoints::set_attributes,
            "DeleteEndpoint" => endpoints::delete,
            other => return Err(SnsError::UnknownAction(other.to_owned())),
        };
        let result = self.sqlite.transaction(move |connection| operation(connection, &form)).await?;
        self.arrival.notify_waiters();
        Ok(result)
    }

    async fn publish(&self, form: &Form) -> Result<String, SnsError> {
        let (publish, topics) = (Publish::parse(form)?, self.topics.clone());
        let (id, now) = (ambient::id().to_string(), self.clock.now_ms());
        let stored = id.clone();
        self.sqlite.transaction(move |connection| publish.run(connection, &topics, stored, now)).await?;
        self.arrival.notify_waiters();
        Ok(format!("<MessageId>{id}</MessageId>"))
    }

    /// The certificates that messages are signed with, at the address that the messages name.
    pub(crate) async fn certificates(&self, path: String) -> Response<Body> {
        let signer = Arc::clone(&self.signer);
        match tokio::task::spawn_blocking(move || signer.certificates(&path)).await {
            Ok(Ok(Some(certificates))) => pem(certificates),
            Ok(Ok(None)) => plain(StatusCode::NOT_FOUND),
            Ok(Err(error)) => failed(&error),
            Err(error) => failed(&error.into()),
        }
    }

    /// Makes the declared subscriptions.
    pub(crate) fn provision(&self) -> Result<(), Error> {
        for subscription in self.subscriptions.iter().filter(|it| it.protocol != "http") {
            tracing::warn!(endpoint = subscription.endpoint, "only http:// can be delivered to");
        }
        let now = self.clock.now_ms();
        let provision = |connection: &Connection| outbox::provision(connection, &self.subscriptions, now);
        Ok(self.sqlite.blocking_transaction(provision)?)
    }

    pub(crate) async fn publications(&self) -> Result<Vec<Publication>, Error> {
        self.sqlite.transaction(publication::stored).await.map_err(|error| match error {
            SnsError::Sqlite(error) => Error::Sqlite(error),
            SnsError::Worker(error) => Error::Worker(error),
            other => Error::Publication(other.to_string()),
        })
    }

    /// What is pending, oldest first.
    pub(crate) async fn notifications(&self) -> Result<Vec<SnsDelivery>, Error> {
        let pending = self.sqlite.transaction(|connection| Ok::<_, Error>(outbox::all(connection)?)).await?;
        let (endpoint, signer) = (self.endpoint.clone(), Arc::clone(&self.signer));
        let requests = move || pending.iter().map(|it| envelope::request(it, &endpoint, &signer)).collect();
        tokio::task::spawn_blocking(requests).await?
    }

    /// Takes one delivery out of what is pending.
    pub(crate) async fn acknowledge(&self, id: i64) -> Result<(), Error> {
        self.sqlite.transaction(move |connection| Ok(outbox::remove(connection, id)?)).await
    }
}

fn failed(error: &Error) -> Response<Body> {
    tracing::error!(%error, "no certificate to sign with");
    plain(StatusCode::INTERNAL_SERVER_ERROR)
}
