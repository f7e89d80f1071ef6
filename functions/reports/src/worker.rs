//! reports' queue and timers.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::Error;
use shared::exports::Exporting;
use shared::jobs::{Message, Worker};

use crate::jobs::Job;
use crate::{State, erasure, exports, known, rows, schedules, sources, webhooks};

/// Does what queue and timers ask for.
pub(crate) struct ReportsWorker {
    state: State,
}

impl ReportsWorker {
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }
}

impl Worker for ReportsWorker {
    fn timer<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match name {
                "outbox" => self.state.platform.outbox().sweep().await.map(|_| ()),
                "wake" => exports::wake(&self.state).await,
                "schedules" => schedules::begin_due(&self.state).await,
                "purge" => exports::purge(&self.state).await.map(|_| ()),
                other => Err(Error::internal(format!("there is no timer {other}"))),
            }
        }
        .boxed()
    }

    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match message.job()? {
                Job::Facts(facts) => rows::store_facts(&self.state, &facts).await,
                Job::UserChanged(changed) => schedules::pause_of_strangers(&self.state, &changed).await,
                Job::UserErased(erased) => erasure::begin(&self.state, &erased).await,
                Job::GoOnErasing(erased) => erasure::erase(&self.state, &erased).await,
                Job::FinishErasure(erased) => erasure::finish(&self.state, &erased).await,
                Job::ExportUser(wanted) => known::export(&self.state, Exporting::new(wanted)).await,
                Job::GoOnExporting(exporting) => known::export(&self.state, exporting).await,
                Job::StoreBatch(batch) => rows::store_batch(&self.state, &batch).await,
                Job::StoreReceived(received) => sources::store_received(&self.state, &received).await,
                Job::RunExport(export) => exports::run(&self.state, &export).await,
                Job::ExportEnded(ended) => schedules::tell(&self.state, &ended).await,
                Job::Announce(announce) => webhooks::announce(&self.state, &announce).await,
                Job::Deliver(delivery) => webhooks::deliver(&self.state, &delivery).await,
                Job::CleanUp(left) => exports::clean_up(&self.state, &left).await,
            }
        }
        .boxed()
    }
}
