//! search's queue and timers.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::Error;
use shared::exports::Exporting;
use shared::jobs::{Message, Worker};

use crate::indexing::{index, maintain, wake_overdue};
use crate::jobs::Job;
use crate::saved::alert;
use crate::{State, erasure, exports, imports};

/// Does what queue and timers ask for.
pub(crate) struct SearchWorker {
    state: State,
}

impl SearchWorker {
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }
}

impl Worker for SearchWorker {
    fn timer<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match name {
                "outbox" => self.state.platform.outbox().sweep().await.map(|_| ()),
                "wake" => {
                    // One must not keep the other from its work.
                    let (resumed, woken) = (imports::resume_stuck(&self.state).await, wake_overdue(&self.state).await);
                    resumed.and(woken)
                }
                "maintain" => self.state.maintenance.begin(&self.state).await,
                other => Err(Error::internal(format!("there is no timer {other}"))),
            }
        }
        .boxed()
    }

    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match message.job()? {
                Job::UserChanged(_) => Ok(()),
                Job::UserErased(erased) => erasure::erase(&self.state, &erased).await,
                Job::ExportUser(wanted) => exports::export(&self.state, Exporting::new(wanted)).await,
                Job::GoOnExporting(exporting) => exports::export(&self.state, exporting).await,
                Job::FinishErasure(erased) => erasure::finish(&self.state, &erased).await,
                Job::Import(import) => imports::go_on(&self.state, &import).await,
                Job::Alert(wanted) => alert(&self.state, &wanted).await,
                Job::Index { tenant } => index(&self.state, tenant).await,
                Job::Maintain { tenant } => maintain(&self.state, tenant).await,
            }
        }
        .boxed()
    }
}
