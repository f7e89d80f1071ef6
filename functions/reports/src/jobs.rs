//! What reports' queue carries.

use serde::{Deserialize, Serialize};
use shared::exports::Exporting;
use shared::jobs::{ExportUser, Facts, UserChanged, UserErased};

use crate::exports::{CleanUp, RunExport};
use crate::rows::StoreBatch;
use crate::schedules::ExportEnded;
use crate::sources::StoreReceived;
use crate::webhooks::{Announce, Deliver};

/// A message on reports' queue: from another service, as in `shared::jobs::Job`, or from itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase")]
pub(crate) enum Job {
    /// Things have happened.
    Facts(Facts),
    /// auth tells that an account is new or changed, and of which tenants it is a member.
    UserChanged(UserChanged),
    /// auth tells that an account was erased.
    UserErased(UserErased),
    /// What is left of that is to be done.
    GoOnErasing(UserErased),
    /// An erasure is to be looked at again.
    FinishErasure(UserErased),
    /// auth asks what is known of an account.
    ExportUser(ExportUser),
    /// What is left of that is to be stored.
    GoOnExporting(Exporting),
    /// Rows of a request are to be stored.
    StoreBatch(StoreBatch),
    /// What has come from a source is to be stored.
    StoreReceived(StoreReceived),
    /// An export is to be gone on with.
    RunExport(RunExport),
    /// The export of a schedule's run is over.
    ExportEnded(ExportEnded),
    /// Webhooks are to be told of something.
    Announce(Announce),
    /// A webhook's delivery is to be tried.
    Deliver(Deliver),
    /// Files of an export are to be deleted.
    CleanUp(CleanUp),
}
