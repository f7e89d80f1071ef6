//! The bodies of requests to send, and their rules.
//!
//! What they share stands in each of them: serde cannot flatten a part and refuse unknown fields at once.

use std::collections::BTreeSet;

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use shared::Error;
use shared::auth::UserId;
use shared::http::AtMost;
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Digest, Message, Source};
use crate::NotifyError;
use crate::attachments::MOST as MOST_ATTACHMENTS;
use crate::deliveries::Recipient;
use crate::kinds::{Category, Channel, Priority};
use crate::rendering::{Content, Variables, bounded};

/// How far ahead a message can be scheduled.
const FARTHEST: SignedDuration = SignedDuration::from_hours(366 * 24);
/// How far behind a scheduled time may be: clocks differ.
const LATEST: SignedDuration = SignedDuration::from_mins(5);
/// Each channel once.
const MOST_CHANNELS: usize = 5;
/// A digest's window, in minutes.
const USUAL_WINDOW: u32 = 60;
/// Recipients of one request.
const MOST_RECIPIENTS: usize = 1000;

/// A message to one recipient.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendNotification {
    /// An e-mail address for `email`, or a number in E.164 form for `sms` and `whatsapp`. Either this or `userId`.
    #[garde(inner(length(max = 254)), custom(exactly_one(self.user_id.is_some(), "to and userId")))]
    to: Option<String>,
    /// A member of the tenant, reached by what is known of him when the message is sent.
    #[garde(skip)]
    user_id: Option<UserId>,
    /// One delivery is made for each.
    #[garde(custom(some_channels))]
    #[schema(value_type = Vec<Channel>, min_items = 1, max_items = 5)]
    channels: AtMost<String, MOST_CHANNELS>,
    /// Any variant of a template; each channel gets its own of the same name, in the recipient's language.
    /// Either this or `content`.
    #[garde(custom(exactly_one(self.content.is_some(), "templateId and content")))]
    template_id: Option<Uuid>,
    /// What to say, as Handlebars templates.
    #[garde(dive)]
    content: Option<Content>,
    /// Ids of uploaded files, which its mail takes along; at most 10, and 7 MB in all.
    #[serde(default)]
    #[garde(skip)]
    #[schema(value_type = Vec<Uuid>, max_items = 10)]
    attachments: AtMost<Uuid, MOST_ATTACHMENTS>,
    /// What templates are filled with; at most 64 KB, lists of at most 200 entries.
    #[serde(default)]
    #[garde(custom(bounded))]
    #[schema(value_type = Object)]
    variables: Variables,
    #[serde(default)]
    #[garde(skip)]
    category: Category,
    #[serde(default)]
    #[garde(skip)]
    priority: Priority,
    /// When to send it, at most 366 days ahead; at once if it is not given.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    scheduled_at: Option<Timestamp>,
    /// A second request with the same key within 24 h is refused.
    #[garde(inner(length(chars, min = 1, max = 255)))]
    dedupe_key: Option<String>,
    /// Collects requests of the same key and recipient into one message at the end of a window. Its words may name
    /// `items`, the list of all requests' `variables`, and `count`; the first request of a window gives them.
    #[garde(inner(length(chars, min = 1, max = 255)), custom(not_both(self.scheduled_at.is_some())))]
    digest_key: Option<String>,
    /// The window, from its first request, in minutes: 1 to 1440, 60 if it is not given.
    #[garde(inner(range(min = 1, max = 1440)), custom(only_with(self.digest_key.is_some())))]
    #[schema(minimum = 1, maximum = 1440)]
    digest_minutes: Option<u32>,
}

/// One of many recipients.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BulkRecipient {
    /// An e-mail address or a number in E.164 form. Either this or `userId`.
    #[garde(inner(length(max = 254)), custom(exactly_one(self.user_id.is_some(), "to and userId")))]
    pub(super) to: Option<String>,
    /// A member of the tenant.
    #[garde(skip)]
    pub(super) user_id: Option<UserId>,
    /// Come before the request's own.
    #[serde(default)]
    #[garde(custom(bounded))]
    #[schema(value_type = Object)]
    pub(super) variables: Variables,
}

/// A message to many recipients.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendBulk {
    #[garde(dive, custom(some_recipients))]
    #[schema(value_type = Vec<BulkRecipient>, min_items = 1, max_items = 1000)]
    recipients: AtMost<BulkRecipient, MOST_RECIPIENTS>,
    /// One delivery is made for each recipient and each channel.
    #[garde(custom(some_channels))]
    #[schema(value_type = Vec<Channel>, min_items = 1, max_items = 5)]
    channels: AtMost<String, MOST_CHANNELS>,
    /// Any variant of a template; each channel gets its own of the same name, in the recipient's language.
    /// Either this or `content`.
    #[garde(custom(exactly_one(self.content.is_some(), "templateId and content")))]
    template_id: Option<Uuid>,
    /// What to say, as Handlebars templates.
    #[garde(dive)]
    content: Option<Content>,
    /// Ids of uploaded files, which its mail takes along; at most 10, and 7 MB in all.
    #[serde(default)]
    #[garde(skip)]
    #[schema(value_type = Vec<Uuid>, max_items = 10)]
    attachments: AtMost<Uuid, MOST_ATTACHMENTS>,
    /// What templates are filled with; at most 64 KB, lists of at most 200 entries.
    #[serde(default)]
    #[garde(custom(bounded))]
    #[schema(value_type = Object)]
    variables: Variables,
    #[serde(default)]
    #[garde(skip)]
    category: Category,
    #[serde(default)]
    #[garde(skip)]
    priority: Priority,
    /// When to send it, at most 366 days ahead; at once if it is not given.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    scheduled_at: Option<Timestamp>,
    /// A second request with the same key within 24 h is refused.
    #[garde(inner(length(chars, min = 1, max = 255)))]
    dedupe_key: Option<String>,
}

/// A message to the caller alone: sent at once, as `transactional`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendTest {
    /// One delivery is made for each.
    #[garde(custom(some_channels))]
    #[schema(value_type = Vec<Channel>, min_items = 1, max_items = 5)]
    channels: AtMost<String, MOST_CHANNELS>,
    /// Any variant of a template. Either this or `content`.
    #[garde(custom(exactly_one(self.content.is_some(), "templateId and content")))]
    template_id: Option<Uuid>,
    /// What to say, as Handlebars templates.
    #[garde(dive)]
    content: Option<Content>,
    /// Ids of uploaded files, which its mail takes along; at most 10, and 7 MB in all.
    #[serde(default)]
    #[garde(skip)]
    #[schema(value_type = Vec<Uuid>, max_items = 10)]
    attachments: AtMost<Uuid, MOST_ATTACHMENTS>,
    /// What templates are filled with.
    #[serde(default)]
    #[garde(custom(bounded))]
    #[schema(value_type = Object)]
    variables: Variables,
}

impl SendNotification {
    /// Who, what, and with which variables.
    pub(super) fn into_parts(self, now: Timestamp) -> Result<(Recipient, Message, Variables), NotifyError> {
        let recipient = match (self.to, self.user_id) {
            (Some(address), None) => Recipient::To(address),
            (None, Some(user)) => Recipient::UserId(user),
            _ => return Err(Error::field("to", "either to or userId is needed").into()),
        };
        let message = Message {
            channels: channels(&self.channels.0)?,
            source: source(self.template_id, self.content)?,
            attachments: self.attachments.0,
            category: self.category,
            priority: self.priority,
            scheduled_at: match self.digest_key {
                Some(_) => Some(now + SignedDuration::from_mins(self.digest_minutes.unwrap_or(USUAL_WINDOW).into())),
                None => scheduled_at(self.scheduled_at, now)?,
            },
            dedupe_key: self.dedupe_key,
            digest: self.digest_key.map(|key| Digest { key }),
        };
        Ok((recipient, message, self.variables))
    }
}

impl SendBulk {
    /// Who, what, and with which variables for all.
    pub(super) fn into_parts(self, now: Timestamp) -> Result<(Vec<BulkRecipient>, Message, Variables), NotifyError> {
        let message = Message {
            channels: channels(&self.channels.0)?,
            source: source(self.template_id, self.content)?,
            attachments: self.attachments.0,
            category: self.category,
            priority: self.priority,
            scheduled_at: scheduled_at(self.scheduled_at, now)?,
            dedupe_key: self.dedupe_key,
            digest: None,
        };
        Ok((self.recipients.0, message, self.variables))
    }
}

impl SendTest {
    pub(super) fn into_parts(self) -> Result<(Message, Variables), NotifyError> {
        let message = Message {
            channels: channels(&self.channels.0)?,
            source: source(self.template_id, self.content)?,
            attachments: self.attachments.0,
            category: Category::Transactional,
            priority: Priority::Normal,
            scheduled_at: None,
            dedupe_key: None,
            digest: None,
        };
        Ok((message, self.variables))
    }
}

/// A time in the future; one that has just passed is now.
fn scheduled_at(at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    if at.is_some_and(|at| at < now - LATEST || at > now + FARTHEST) {
        return Err(Error::field("scheduledAt", "must be in the future, at most 366 days ahead"));
    }
    Ok(at.filter(|at| *at > now))
}

fn source(template: Option<Uuid>, content: Option<Content>) -> Result<Source, Error> {
    match (template, content) {
        (Some(template), None) => Ok(Source::Template(template)),
        (None, Some(content)) => Ok(Source::Content(content)),
        _ => Err(Error::field("content", "either templateId or content is needed")),
    }
}

/// The channels of these names; each makes one delivery, so each may be named once.
fn channels(names: &[String]) -> Result<Vec<Channel>, NotifyError> {
    let wrong = |name: &str| NotifyError::InvalidChannel(format!("there is no channel `{}`", name.escape_debug()));
    let channels: Vec<Channel> =
        names.iter().map(|name| Channel::named(name).ok_or_else(|| wrong(name))).collect::<Result<_, _>>()?;
    let distinct: BTreeSet<Channel> = channels.iter().copied().collect();
    if distinct.len() < channels.len() {
        return Err(NotifyError::InvalidChannel("a channel is named twice".to_owned()));
    }
    Ok(channels)
}

fn exactly_one<T, C>(other: bool, names: &str) -> impl FnOnce(&Option<T>, &C) -> garde::Result {
    move |one, _| refuse_unless(one.is_some() != other, &format!("exactly one of {names} is needed"))
}

fn not_both<C>(other: bool) -> impl FnOnce(&Option<String>, &C) -> garde::Result {
    move |key, _| refuse_unless(key.is_none() || !other, "cannot be together with scheduledAt")
}

fn only_with<C>(key: bool) -> impl FnOnce(&Option<u32>, &C) -> garde::Result {
    move |minutes, _| refuse_unless(minutes.is_none() || key, "needs a digestKey")
}

fn some_recipients<C>(recipients: &AtMost<BulkRecipient, MOST_RECIPIENTS>, _: &C) -> garde::Result {
    refuse_unless(!recipients.0.is_empty(), "must name 1 to 1000 recipients")
}

fn some_channels<C>(channels: &AtMost<String, MOST_CHANNELS>, _: &C) -> garde::Result {
    refuse_unless(!channels.0.is_empty() && channels.0.iter().all(|name| name.len() <= 20), "must name 1 to 5 channels")
}
