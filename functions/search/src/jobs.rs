//! What search's queue carries.

use serde::{Deserialize, Serialize};
use shared::auth::TenantId;
use shared::exports::Exporting;
use shared::jobs::{ExportUser, UserChanged, UserErased};

use crate::imports::ImportJob;
use crate::saved::Alert;

/// A message on search's queue: from another service, as in `shared::jobs::Job`, or from itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase")]
pub(crate) enum Job {
    /// auth tells that an account is new or changed. search keeps nothing of that.
    UserChanged(UserChanged),
    /// auth tells that an account was erased.
    UserErased(UserErased),
    /// auth asks what is known of an account.
    ExportUser(ExportUser),
    /// What is left of that is to be stored.
    GoOnExporting(Exporting),
    /// An erasure is to be looked at again.
    FinishErasure(UserErased),
    /// An import is to be gone on with.
    Import(ImportJob),
    /// The owner of a saved search is to be told of documents.
    Alert(Alert),
    /// A tenant's index has work.
    Index { tenant: TenantId },
    /// A tenant's index was written, and may have garbage.
    Maintain { tenant: TenantId },
}
