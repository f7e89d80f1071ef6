//! notify's queues and timers.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::Error;
use shared::exports::Exporting;
use shared::jobs::{Message, Worker};

use crate::attachments::purge;
use crate::jobs::Job;
use crate::notifications::expand;
use crate::sending::{deliver, requeue_stuck};
use crate::{State, erasure, exports, messages};

/// Does what queues and timers ask for.
pub(crate) struct NotifyWorker {
    state: State,
}

impl NotifyWorker {
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }
}

impl Worker for NotifyWorker {
    fn timer<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match name {
                "outbox" => self.state.platform.outbox().sweep().await.map(|_| ()),
                "requeue-stuck" => requeue_stuck(&self.state).await.map(|_| ()),
                "purge" => purge(&self.state).await.map(|_| ()),
                other => Err(Error::internal(format!("there is no timer {other}"))),
            }
        }
        .boxed()
    }

    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match message.job()? {
                Job::UserChanged(changed) => self.state.contacts.learn(&changed).await,
                Job::UserErased(erased) => erasure::erase(&self.state, &erased).await,
                Job::FinishErasure(erased) => erasure::finish(&self.state, &erased).await,
                Job::ExportUser(wanted) => exports::export(&self.state, Exporting::new(wanted)).await,
                Job::GoOnExporting(exporting) => exports::export(&self.state, exporting).await,
                Job::SendMessage(told) => messages::accept(&self.state, &told, message.receives).await,
                Job::Expand(job) => expand(&self.state, &job).await,
                Job::Deliver(job) => deliver(&self.state, &job, message.receives).await,
            }
        }
        .boxed()
    }
}
