//! What auth's queue carries.

use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::TenantId;
use shared::exports::Exporting;
use shared::jobs::{self, Entry, ErasureReceipt, Outbox, QueueName, UserErased, UserExported};
use shared::service::{CHAT, NOTIFY, REPORTS, SEARCH, Service};
use shared::store::Transaction;
use uuid::Uuid;

/// Who else knows of accounts, and hears of them by its queue.
const SERVICES: [(&Service, QueueName); 4] = [
    (&CHAT, QueueName::Chat),
    (&NOTIFY, QueueName::Notify),
    (&REPORTS, QueueName::Reports),
    (&SEARCH, QueueName::Search),
];

/// Adds a job for every other service that is here; gives their names. The tenant is for fair shares of the queues.
pub(crate) fn tell_services(
    outbox: &Outbox,
    transaction: &mut Transaction,
    tenant: TenantId,
    job: &jobs::Job,
) -> Result<(Vec<String>, Vec<Entry>), Error> {
    let (mut told, mut entries) = (Vec::new(), Vec::new());
    for (service, queue) in SERVICES {
        let added = outbox.add(transaction, queue, tenant, job, None)?;
        if !added.is_empty() {
            told.push(service.name.to_owned());
        }
        entries.extend(added);
    }
    Ok((told, entries))
}

/// A message on auth's queue: from itself, or from another service as in `shared::jobs::Job`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase")]
pub(crate) enum Job {
    /// Somebody wants a link, for an address that may have no account.
    MailLink(MailLink),
    /// What auth knows of an account is to be stored, or what is left of it.
    ExportAccount(Exporting),
    /// A service has stored what it knows of one.
    UserExported(UserExported),
    /// What stands beside an erased account is to go, too.
    EraseAccount(UserErased),
    /// The same once more, when what was under way then is over; then auth itself confirms.
    FinishErasure(UserErased),
    /// A service knows nothing of an erased account any more.
    ErasureReceipt(ErasureReceipt),
}

/// A link that is to be mailed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MailLink {
    /// Of the same id there is one link and one mail.
    pub(crate) id: Uuid,
    pub(crate) kind: LinkKind,
    pub(crate) email: String,
}

/// What the link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LinkKind {
    VerifyAddress,
    ResetPassword,
    MagicLink,
}

impl LinkKind {
    /// As counters name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::VerifyAddress => "verify",
            Self::ResetPassword => "reset",
            Self::MagicLink => "magic",
        }
    }
}
