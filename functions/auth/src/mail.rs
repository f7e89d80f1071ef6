//! What auth has notify tell people.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::auth::TenantId;
use shared::jobs::{About, Addressee, Entry, Job, QueueName, SendMessage};
use shared::store::Transaction;
use shared::{Error, ids};
use uuid::Uuid;

use crate::State;
use crate::accounts::Account;

/// Adds a mail to `email`. What has the same `id` is told once.
pub(crate) fn tell(
    state: &State,
    transaction: &mut Transaction,
    (id, tenant_id): (Uuid, TenantId),
    (email, locale): (&str, Option<&str>),
    about: About,
) -> Result<Vec<Entry>, Error> {
    let to = Addressee::Address { email: email.to_owned(), locale: locale.map(str::to_owned) };
    let job = Job::SendMessage(SendMessage { id, tenant_id, to, about });
    state.platform.outbox().add(transaction, QueueName::NotifyHigh, tenant_id, &job, None)
}

/// Adds a mail to the owner of an account.
pub(crate) fn tell_owner(
    state: &State,
    transaction: &mut Transaction,
    account: &Account,
    about: About,
) -> Result<Vec<Entry>, Error> {
    let id = ids::new(state.platform.clock());
    let to = (account.email.as_str(), account.profile.locale.as_deref());
    tell(state, transaction, (id, account.home()), to, about)
}

/// An address so that its owner knows it and nobody else: `a…@example.com`.
pub(crate) fn masked(email: &str) -> String {
    let (name, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("{}…@{domain}", name.chars().take(1).collect::<String>())
}

/// A time as an account's owner reads it: `2026-11-22 14:05 CET`.
pub(crate) fn in_words(account: &Account, at: Timestamp) -> String {
    let zone = account.profile.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}
