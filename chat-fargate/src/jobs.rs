//! What chat's queue carries, and who does it: each node polls the queue.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::exports::Exporting;
use shared::jobs::{ExportUser, Message, UserChanged, UserErased, Worker};

use crate::attachments::{Files, purge};
use crate::notices::{Absent, Mentions, tell_absent, tell_mentioned};
use crate::state::State;
use crate::{erasure, exports};

/// A message on chat's queue: from another service, as in `shared::jobs::Job`, or from itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase")]
pub(crate) enum Job {
    /// auth tells that an account is new or changed. Chat keeps nothing of that: it asks auth when it has to know.
    UserChanged(UserChanged),
    /// auth tells that an account was erased.
    UserErased(UserErased),
    /// What is left of an erasure is to be done.
    GoOnErasing(erasure::Erasing),
    /// Files of deleted messages are to go.
    DeleteFiles(Files),
    /// Files are to go if nobody has sent them.
    PurgeFiles(Files),
    /// Those who were mentioned while they were away are to be told.
    TellMentioned(Mentions),
    /// Those for whom messages wait are to be told.
    TellAbsent(Absent),
    /// auth asks what is known of an account.
    ExportUser(ExportUser),
    /// What is left of that is to be stored.
    GoOnExporting(Exporting),
}

/// How often what a crash has left in the outbox is sent.
const SWEEP: Duration = Duration::from_mins(1);

/// Sends what a crash has left in the outbox, until the task is aborted.
pub(crate) async fn sweep_for_ever(state: State) {
    loop {
        tokio::time::sleep(SWEEP).await;
        sweep(&state).await;
    }
}

/// Sends what is due of the outbox.
pub(crate) async fn sweep(state: &State) {
    if let Err(error) = state.platform.outbox().sweep().await {
        tracing::warn!(%error, "the outbox waits for the next sweep");
    }
}

/// Does what the queue asks for.
pub(crate) struct ChatWorker {
    state: State,
}

impl ChatWorker {
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }
}

impl Worker for ChatWorker {
    fn timer<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        // A node has its own.
        async move { Err(Error::internal(format!("there is no timer {name}"))) }.boxed()
    }

    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match message.job()? {
                Job::UserChanged(_) => Ok(()),
                Job::UserErased(erased) => erasure::erase(&self.state, erasure::Erasing::new(erased)).await,
                Job::GoOnErasing(erasing) => erasure::erase(&self.state, erasing).await,
                Job::DeleteFiles(files) => purge(&self.state, &files, false).await,
                Job::PurgeFiles(files) => purge(&self.state, &files, true).await,
                Job::TellMentioned(mentions) => tell_mentioned(&self.state, &mentions).await,
                Job::TellAbsent(absent) => tell_absent(&self.state, &absent).await,
                Job::ExportUser(wanted) => exports::export(&self.state, Exporting::new(wanted)).await,
                Job::GoOnExporting(exporting) => exports::export(&self.state, exporting).await,
            }
        }
        .boxed()
    }
}
