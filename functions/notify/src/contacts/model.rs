//! Contacts and their rules.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::http::rules::{language_tag, phone_number, zone_name};
use shared::jobs::UserChanged;
use utoipa::ToSchema;

use crate::kinds::Channel;
use crate::suppressions::normalized;

/// How many addresses of before are remembered.
const FORMER_EMAILS: usize = 20;

/// An account as auth last told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    /// An older one never replaces a newer one.
    pub(super) version: u64,
    pub(super) tenants: Vec<TenantId>,
    pub(super) email: Option<String>,
    /// Addresses of before, the latest last: what was said of them goes with the account.
    #[serde(default)]
    pub(super) former_emails: Vec<FormerEmail>,
    pub(super) display_name: Option<String>,
    pub(super) locale: Option<String>,
    pub(super) time_zone: Option<String>,
    /// It never comes back, whatever is still on its way.
    #[serde(default)]
    pub(super) erased: bool,
}

/// An address that was an account's; somebody else's, maybe, from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FormerEmail {
    email: String,
    /// When it was heard that the account has another one.
    until: Timestamp,
}

/// An address of a user's, now or before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeldAddress {
    pub(crate) channel: Channel,
    pub(crate) contact: String,
    /// Until when it was his; `None` if it is.
    pub(crate) until: Option<Timestamp>,
}

impl Account {
    pub(super) fn is_of(&self, tenant: TenantId) -> bool {
        !self.erased && self.tenants.contains(&tenant)
    }

    /// The same account after `known`, whose address it remembers if it has another one now.
    pub(super) fn after(mut self, known: Self, now: Timestamp) -> Self {
        let is_now = |email: &String| self.email.as_ref().is_some_and(|now| normalized(now) == normalized(email));
        let mut former = known.former_emails;
        if let Some(before) = known.email {
            former.retain(|former| normalized(&former.email) != normalized(&before));
            former.push(FormerEmail { email: before, until: now });
        }
        former.retain(|former| !is_now(&former.email));
        former.drain(..former.len().saturating_sub(FORMER_EMAILS));
        self.former_emails = former;
        self
    }

    /// Every address of its messages on each channel that has addresses: the contact's, and those of before.
    pub(super) fn held_addresses(mut self, user: UserId, details: Details) -> Vec<HeldAddress> {
        let former = std::mem::take(&mut self.former_emails);
        let now = Contact::new(user, self, details).addresses().into_iter();
        let now = now.map(|(channel, contact)| HeldAddress { channel, contact, until: None });
        let of_before = |former: FormerEmail| HeldAddress {
            channel: Channel::Email,
            contact: former.email,
            until: Some(former.until),
        };
        now.chain(former.into_iter().map(of_before)).collect()
    }
}

impl From<&UserChanged> for Account {
    fn from(changed: &UserChanged) -> Self {
        Self {
            version: changed.version,
            tenants: changed.tenants.clone(),
            email: changed.verified_email.clone(),
            former_emails: Vec::new(),
            display_name: Some(changed.display_name.clone()),
            locale: changed.locale.clone(),
            time_zone: changed.time_zone.clone(),
            erased: false,
        }
    }
}

/// What the tenant knows besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Details {
    pub(super) phone: Option<String>,
    pub(super) locale: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) updated_at: Option<Timestamp>,
}

/// How a user can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contact {
    user_id: UserId,
    /// The account's address, if it is verified.
    email: Option<String>,
    display_name: Option<String>,
    /// E.164.
    phone: Option<String>,
    /// BCP 47; the account's, unless the contact has its own.
    locale: Option<String>,
    /// IANA; the account's, unless the contact has its own.
    time_zone: Option<String>,
    /// When the contact was last set; null if never.
    #[schema(value_type = Option<String>, format = DateTime)]
    updated_at: Option<Timestamp>,
}

impl Contact {
    pub(super) fn new(user_id: UserId, account: Account, details: Details) -> Self {
        Self {
            user_id,
            email: account.email,
            display_name: account.display_name,
            phone: details.phone,
            locale: details.locale.or(account.locale),
            time_zone: details.time_zone.or(account.time_zone),
            updated_at: details.updated_at,
        }
    }
}

/// The whole of what the tenant knows; what is left out or null is emptied.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SetContact {
    /// E.164, like `+436641234567`.
    #[garde(inner(length(max = 16), custom(phone_number)))]
    phone: Option<String>,
    /// BCP 47, like `de-AT`. Without one the account's counts.
    #[garde(inner(length(max = 35), custom(language_tag)))]
    locale: Option<String>,
    /// IANA, like `Europe/Vienna`. Without one the account's counts.
    #[garde(inner(length(max = 64), custom(zone_name)))]
    time_zone: Option<String>,
}

impl Contact {
    /// Where messages go on each channel that has addresses.
    pub(crate) fn addresses(&self) -> Vec<(Channel, String)> {
        let email = self.email.iter().map(|email| (Channel::Email, email.clone()));
        let phone = |channel| self.phone.iter().map(move |phone| (channel, phone.clone()));
        email.chain(phone(Channel::Sms)).chain(phone(Channel::Whatsapp)).collect()
    }

    /// Where messages go on `channel`.
    pub(crate) fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Email => self.email.as_deref(),
            Channel::Sms | Channel::Whatsapp => self.phone.as_deref(),
            Channel::Push | Channel::Inapp => None,
        }
    }

    /// IANA; UTC for whoever has said nothing.
    pub(crate) fn time_zone(&self) -> &str {
        self.time_zone.as_deref().unwrap_or("UTC")
    }

    /// BCP 47.
    pub(crate) fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }
}

impl SetContact {
    pub(super) fn details(self, now: Timestamp) -> Details {
        Details { phone: self.phone, locale: self.locale, time_zone: self.time_zone, updated_at: Some(now) }
    }
}
