//! Contacts and their rules.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::http::rules::{language_tag, refuse_unless, zone_name};
use shared::jobs::UserChanged;
use utoipa::ToSchema;

/// An account as auth last told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    /// An older one never replaces a newer one.
    pub(super) version: u64,
    pub(super) tenants: Vec<TenantId>,
    pub(super) email: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) locale: Option<String>,
    pub(super) time_zone: Option<String>,
}

impl From<&UserChanged> for Account {
    fn from(changed: &UserChanged) -> Self {
        Self {
            version: changed.version,
            tenants: changed.tenants.clone(),
            email: changed.verified_email.clone(),
            display_name: Some(changed.display_name.clone()),
            locale: changed.locale.clone(),
            time_zone: changed.time_zone.clone(),
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

impl SetContact {
    pub(super) fn details(self, now: Timestamp) -> Details {
        Details { phone: self.phone, locale: self.locale, time_zone: self.time_zone, updated_at: Some(now) }
    }
}

fn phone_number<C>(text: &str, _: &C) -> garde::Result {
    let digits = text.strip_prefix('+').unwrap_or_default().as_bytes();
    let good = (7..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) && digits[0] != b'0';
    refuse_unless(good, "must be a number in E.164 form like +436641234567")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_e164() {
        for good in ["+436641234567", "+1234567", "+123456789012345"] {
            assert!(phone_number(good, &()).is_ok(), "{good}");
        }
        for wrong in ["", "+", "06641234567", "+043664123456", "+43 664 1234567", "+1234567890123456", "+123456"] {
            assert!(phone_number(wrong, &()).is_err(), "{wrong}");
        }
    }
}
