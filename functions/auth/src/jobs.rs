//! What auth's queue carries.

use serde::{Deserialize, Serialize};
use shared::jobs::{ErasureReceipt, UserErased};
use uuid::Uuid;

/// A message on auth's queue: from itself, or from another service as in `shared::jobs::Job`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase")]
pub(crate) enum Job {
    /// Somebody wants a link, for an address that may have no account.
    MailLink(MailLink),
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
