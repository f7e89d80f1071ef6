//! What is sent, and what comes of a request to send it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::http::rules::{email_address, phone_number};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::attachments::Attached;
use crate::deliveries::Status;
use crate::kinds::{Category, Channel, Priority};
use crate::rendering::Content;
use crate::{NotifyError, State};

/// What to send, whoever it is for.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) channels: Vec<Channel>,
    pub(super) source: Source,
    /// Files that its mail takes along.
    pub(super) attachments: Vec<Uuid>,
    pub(super) category: Category,
    pub(super) priority: Priority,
    pub(super) scheduled_at: Option<Timestamp>,
    pub(super) dedupe_key: Option<String>,
    /// `scheduled_at` is then the window's end.
    pub(super) digest: Option<Digest>,
}

/// What a digest collects.
#[derive(Clone, Debug)]
pub(super) struct Digest {
    pub(super) key: String,
}

/// Where the words come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Content(Content),
    Template(Uuid),
}

/// A request that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Notification {
    pub(crate) id: Uuid,
    /// What to say, unless the deliveries name a template's version.
    pub(crate) content: Option<Content>,
    /// Files that its mails take along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attached>,
    /// Whether its variables are what a digest has collected.
    #[serde(default)]
    pub(crate) digest: bool,
    /// Of a bulk request.
    #[serde(default)]
    pub(crate) bulk: Option<Bulk>,
    /// `None` for what another service tells.
    #[serde(default)]
    pub(crate) created_by: Option<UserId>,
    pub(crate) created_at: Timestamp,
}

/// What a bulk request's deliveries are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bulk {
    /// How many there were in the beginning.
    pub(crate) parts: u32,
    pub(crate) priority: Priority,
    /// When the deliveries' rows may go.
    pub(crate) expires_at: Timestamp,
}

/// What was made of a bulk request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AcceptedBulk {
    pub(super) id: Uuid,
    /// Recipients that get the message.
    pub(super) accepted: u32,
    /// Those that do not.
    pub(super) rejected: Vec<Rejected>,
}

/// A recipient that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rejected {
    /// Its place in `recipients`, from 0.
    pub(super) index: usize,
    /// Why: `ERR_NOTIFY_INVALID_CONTACT`, `ERR_NOTIFY_MISSING_TEMPLATE_VARIABLES`, …
    pub(super) code: String,
}

/// What was made of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accepted {
    pub(super) id: Uuid,
    pub(super) deliveries: Vec<AcceptedDelivery>,
}

/// One delivery of an accepted request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AcceptedDelivery {
    pub(super) id: Uuid,
    pub(super) channel: Channel,
    pub(super) status: Status,
}

impl Message {
    /// The files that it names.
    pub(super) async fn attached(&self, state: &State, tenant: TenantId) -> Result<Vec<Attached>, NotifyError> {
        let wrong = |problem: &str| Err(NotifyError::InvalidAttachment(problem.to_owned()));
        if self.attachments.is_empty() {
            return Ok(Vec::new());
        }
        if !self.channels.contains(&Channel::Email) {
            return wrong("only mail takes attachments");
        }
        if self.digest.is_some() {
            return wrong("a digest takes none");
        }
        state.attachments.find(tenant, &self.attachments).await
    }

    /// Refuses channels that nobody carries.
    pub(super) fn check_providers(&self, state: &State) -> Result<(), NotifyError> {
        match self.channels.iter().find(|channel| !state.providers.serve(**channel)) {
            Some(channel) => {
                Err(NotifyError::InvalidChannel(format!("no provider is configured for {}", channel.name())))
            }
            None => Ok(()),
        }
    }
}

/// Whether `channel` reaches an address like this one.
pub(super) fn check_address(address: &str, channel: Channel) -> Result<(), NotifyError> {
    let (email, phone) = (email_address(address, &()).is_ok(), phone_number(address, &()).is_ok());
    if !email && !phone {
        return Err(NotifyError::InvalidContact("`to` is neither an e-mail address nor a number in E.164 form".into()));
    }
    let reaches = match channel {
        Channel::Email => email,
        Channel::Sms | Channel::Whatsapp => phone,
        Channel::Push | Channel::Inapp => false,
    };
    if reaches {
        return Ok(());
    }
    Err(NotifyError::InvalidChannel(format!("{} does not reach an address like `to`", channel.name())))
}
