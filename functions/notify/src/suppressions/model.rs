//! Suppressions and their rules.

use std::fmt;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::TenantId;
use shared::http::rules::{email_address, phone_number, refuse_unless};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kinds::{Category, Channel};

/// Why an address must not be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SuppressionReason {
    /// Its mailbox or number does not exist.
    Bounce,
    /// Its owner called a message spam.
    Complaint,
    /// Its owner unsubscribed: `marketing` and `reminder` stop, the rest goes on.
    Unsubscribe,
    /// Somebody of the tenant entered it.
    Manual,
}

impl fmt::Display for SuppressionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bounce => "messages to it bounced",
            Self::Complaint => "its owner complained",
            Self::Unsubscribe => "its owner unsubscribed",
            Self::Manual => "it was entered by hand",
        })
    }
}

impl SuppressionReason {
    /// Whether messages of `category` stop.
    fn stops(self, category: Category) -> bool {
        self != Self::Unsubscribe || category.is_capped()
    }
}

/// An address that must not be written to on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Suppression {
    pub(crate) id: Uuid,
    pub(crate) channel: Channel,
    /// An address in lower case, or a number.
    pub(crate) contact: String,
    pub(crate) reason: SuppressionReason,
    /// Who said so.
    #[serde(default)]
    pub(crate) source: SuppressionSource,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
}

/// Who wants an address not to be written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SuppressionSource {
    /// Somebody of the tenant. Mail about the account itself, which auth sends, goes on.
    #[default]
    Tenant,
    /// The owner, by the link in a mail.
    Owner,
    /// A provider that could not deliver, or heard a complaint.
    Provider,
}

impl Suppression {
    /// Whether messages of `category` stop; those `of_platform` are about the account itself.
    pub(crate) fn stops(&self, category: Category, of_platform: bool) -> bool {
        let own = of_platform && category == Category::System;
        let heard = !own || self.source == SuppressionSource::Provider;
        heard && self.reason.stops(category)
    }
}

/// An address on a channel.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CheckSuppression {
    /// `email`, `sms` or `whatsapp`.
    #[garde(custom(has_addresses))]
    pub(super) channel: Channel,
    /// An e-mail address, or a number in E.164 form.
    #[garde(length(max = 254), custom(fits(self.channel)))]
    pub(super) contact: String,
}

/// A new suppression.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateSuppression {
    /// `email`, `sms` or `whatsapp`.
    #[garde(custom(has_addresses))]
    pub(super) channel: Channel,
    /// An e-mail address, or a number in E.164 form.
    #[garde(length(max = 254), custom(fits(self.channel)))]
    pub(super) contact: String,
    #[garde(skip)]
    pub(super) reason: SuppressionReason,
}

/// Whether an address is suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SuppressionCheck {
    pub(super) suppressed: bool,
    /// Null if it is not.
    pub(super) reason: Option<SuppressionReason>,
}

/// An address as it is compared.
pub(crate) fn normalized(contact: &str) -> String {
    contact.trim().to_lowercase()
}

/// The id of what is said of this address: the same for the same address. That its owner unsubscribed stands beside
/// the other reasons, so that neither makes the other forgotten.
pub(super) fn id_of(tenant: TenantId, channel: Channel, contact: &str, reason: SuppressionReason) -> Uuid {
    let kind = if reason == SuppressionReason::Unsubscribe { "unsubscribe" } else { "all" };
    let text = format!("{tenant}#{}#{kind}#{}", channel.name(), normalized(contact));
    shared::seal::name_id("suppression", text.as_bytes())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde passes fields by reference")]
fn has_addresses<C>(channel: &Channel, _: &C) -> garde::Result {
    refuse_unless(
        channel.has_addresses(),
        "must be email, sms or whatsapp: the other channels reach members, not addresses",
    )
}

fn fits<C>(channel: Channel) -> impl FnOnce(&str, &C) -> garde::Result {
    move |contact, context| match channel {
        Channel::Email => email_address(contact, context),
        _ => phone_number(contact, context),
    }
}
