//! SES v1, by the query protocol: mail goes into a mailbox that can be read, and what becomes of it
//! to the topics of its configuration set.

mod events;
mod mail;

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{Response, StatusCode};
use jiff::Timestamp;
use tokio::sync::Notify;

pub(crate) use events::ConfigurationSets;
pub use mail::Mail;

use crate::clock::Clock;
use crate::edge::{Body, query_error, xml};
use crate::form::Form;
use crate::sqlite::Sqlite;
use crate::{Error, ambient, sns};

/// What SES accepts as the size of one mail, encoded.
const LARGEST: usize = 10 * 1024 * 1024;
const MOST_RECIPIENTS: usize = 50;

pub(crate) struct Ses {
    sqlite: Sqlite,
    clock: Arc<Clock>,
    sets: ConfigurationSets,
    /// Told when a topic has something to deliver.
    arrival: Arc<Notify>,
}

/// What SES answers when it refuses.
#[derive(Debug, thiserror::Error)]
enum SesError {
    #[error("Value null at '{0}' failed to satisfy constraint: Member must not be null")]
    Missing(&'static str),
    #[error("Missing final '@domain'")]
    Address,
    #[error("Recipient count exceeds {MOST_RECIPIENTS}.")]
    Recipients,
    #[error("Message length is more than {LARGEST} bytes long.")]
    TooLong,
    #[error("The raw message is not MIME.")]
    NotMime,
    #[error("Configuration set <{0}> does not exist.")]
    ConfigurationSet(String),
    #[error("Could not find operation {0} for version 2010-12-01")]
    UnknownAction(String),
    #[error("{0}")]
    Serialization(#[from] serde_json::Error),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Worker(#[from] tokio::task::JoinError),
}

impl Ses {
    pub(crate) fn new(sqlite: Sqlite, clock: Arc<Clock>, sets: ConfigurationSets, arrival: Arc<Notify>) -> Self {
        Self { sqlite, clock, sets, arrival }
    }

    pub(crate) async fn answer(&self, action: &str, body: &[u8]) -> Response<Body> {
        match self.send(action, &Form::parse(body)).await {
            Ok(id) => xml(
                StatusCode::OK,
                format!(
                    "<{action}Response xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">\
                     <{action}Result><MessageId>{id}</MessageId></{action}Result>\
                     <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata>\
                     </{action}Response>",
                    ambient::id()
                ),
            ),
            Err(error) => error.into_response(),
        }
    }

    async fn send(&self, action: &str, form: &Form) -> Result<String, SesError> {
        let mut mail = match action {
            "SendEmail" => composed(form)?,
            "SendRawEmail" => raw(form)?,
            other => return Err(SesError::UnknownAction(other.to_owned())),
        };
        check(&mail)?;
        mail.id = ambient::id().to_string();
        let now = self.clock.now_ms();
        mail.at = Timestamp::from_millisecond(now).unwrap_or_default();

        let notifications = match configuration_set(form, &mail) {
            None => Vec::new(),
            Some(set) if self.sets.contains(&set) => self.sets.notifications(&set, &mail, &tags(form, &mail), now),
            Some(set) => return Err(SesError::ConfigurationSet(set)),
        };

        let (id, json) = (mail.id.clone(), serde_json::to_string(&mail)?);
        self.sqlite
            .transaction(move |connection| {
                connection.execute("INSERT INTO mail (id, sent_at, mail) VALUES (?1, ?2, ?3)", (id, now, json))?;
                for (topic, notification) in &notifications {
                    sns::notify(connection, topic, notification, now)?;
                }
                Ok::<_, SesError>(())
            })
            .await?;
        self.arrival.notify_waiters();
        Ok(mail.id)
    }

    pub(crate) async fn mailbox(&self) -> Result<Vec<Mail>, Error> {
        let mails: Result<Vec<Mail>, SesError> = self
            .sqlite
            .transaction(|connection| {
                let mut query = connection.prepare("SELECT mail FROM mail ORDER BY sent_at DESC, rowid DESC")?;
                let rows: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
                rows.iter().map(|row| Ok(serde_json::from_str(row)?)).collect()
            })
            .await;
        mails.map_err(|error| match error {
            SesError::Sqlite(error) => Error::Sqlite(error),
            SesError::Worker(error) => Error::Worker(error),
            other => Error::Mail(other.to_string()),
        })
    }
}

fn composed(form: &Form) -> Result<Mail, SesError> {
    let lists = ["ToAddresses", "CcAddresses", "BccAddresses"];
    let to = lists.iter().flat_map(|list| form.list(&format!("Destination.{list}")));
    let body = |kind: &str| form.value(&format!("Message.Body.{kind}.Data"));
    let (text, html) = (body("Text"), body("Html"));
    if text.is_none() && html.is_none() {
        return Err(SesError::Missing("message.body"));
    }
    let mut mail = Mail {
        from: form.value("Source").ok_or(SesError::Missing("source"))?,
        to: to.collect(),
        subject: form.value("Message.Subject.Data").ok_or(SesError::Missing("message.subject"))?,
        text,
        html,
        ..Mail::default()
    };
    mail.find_links();
    Ok(mail)
}

fn raw(form: &Form) -> Result<Mail, SesError> {
    let data = form.value("RawMessage.Data").ok_or(SesError::Missing("rawMessage"))?;
    let bytes = BASE64_STANDARD.decode(data.trim_end()).map_err(|_| SesError::NotMime)?;
    if bytes.len() > LARGEST {
        return Err(SesError::TooLong);
    }
    let mut mail = Mail::from_mime(&bytes).ok_or(SesError::NotMime)?;
    // The envelope wins over the header, as in SMTP.
    if let Some(source) = form.value("Source") {
        mail.from = source;
    }
    let destinations = form.list("Destinations");
    if !destinations.is_empty() {
        mail.to = destinations;
    }
    Ok(mail)
}

/// By the parameter, or by the header of a raw mail.
fn configuration_set(form: &Form, mail: &Mail) -> Option<String> {
    let header = || mail.header("X-SES-CONFIGURATION-SET").map(str::to_owned);
    form.value("ConfigurationSetName").or_else(header).filter(|it| !it.is_empty())
}

/// By the parameter, or by the header of a raw mail: `name=value, …`.
fn tags(form: &Form, mail: &Mail) -> Vec<(String, String)> {
    let given = form.tags("Tags");
    if !given.is_empty() {
        return given;
    }
    let header = mail.header("X-SES-MESSAGE-TAGS").unwrap_or_default();
    let pairs = header.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

fn check(mail: &Mail) -> Result<(), SesError> {
    if mail.from.is_empty() {
        return Err(SesError::Missing("source"));
    }
    if mail.to.is_empty() {
        return Err(SesError::Missing("destination"));
    }
    if mail.to.len() > MOST_RECIPIENTS {
        return Err(SesError::Recipients);
    }
    let mut addresses = mail.to.iter().chain([&mail.from]);
    if !addresses.all(|address| address.contains('@')) {
        return Err(SesError::Address);
    }
    Ok(())
}

impl SesError {
    fn into_response(self) -> Response<Body> {
        let (status, code) = match &self {
            Self::Missing(_) => (StatusCode::BAD_REQUEST, "ValidationError"),
            Self::Address | Self::Recipients | Self::TooLong | Self::NotMime => {
                (StatusCode::BAD_REQUEST, "InvalidParameterValue")
            }
            Self::ConfigurationSet(_) => (StatusCode::BAD_REQUEST, "ConfigurationSetDoesNotExist"),
            Self::UnknownAction(_) => (StatusCode::BAD_REQUEST, "InvalidAction"),
            Self::Serialization(_) | Self::Sqlite(_) | Self::Worker(_) => {
                tracing::error!(error = %self, "the store of mail failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure")
            }
        };
        query_error(status, code, &self.to_string())
    }
}
