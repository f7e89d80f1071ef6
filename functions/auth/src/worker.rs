//! auth's queue and timers.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::Error;
use shared::jobs::{Message, Worker};

use crate::erasure::confirm::confirm;
use crate::erasure::purge::{finish, purge};
use crate::invitations::bootstrap::bootstrap;
use crate::jobs::Job;
use crate::links::send::send_link;
use crate::{State, exports};

/// Does what its queue and timers ask for.
pub(crate) struct AuthWorker {
    state: State,
}

impl AuthWorker {
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }
}

impl Worker for AuthWorker {
    fn timer<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match name {
                "outbox" => self.state.platform.outbox().sweep().await.map(|_| ()),
                "bootstrap" => bootstrap(&self.state).await,
                "rotate-keys" => self.state.keys.rotate().await.map(|_| ()),
                other => Err(Error::internal(format!("there is no timer {other}"))),
            }
        }
        .boxed()
    }

    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match message.job()? {
                Job::MailLink(job) => send_link(&self.state, &job).await,
                Job::ExportAccount(exporting) => exports::own::export(&self.state, exporting).await,
                Job::UserExported(part) => exports::collect::collect(&self.state, &part).await,
                Job::EraseAccount(erased) => purge(&self.state, &erased).await,
                Job::FinishErasure(erased) => finish(&self.state, &erased).await,
                Job::ErasureReceipt(receipt) => confirm(&self.state, receipt.erasure_id, &receipt.service).await,
            }
        }
        .boxed()
    }
}
