//! notify's queue and timers.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::Error;
use shared::jobs::{Job, Message, Worker};

use crate::State;

/// Does what the queue and template.yaml's timers ask for.
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
                other => Err(Error::internal(format!("there is no timer {other}"))),
            }
        }
        .boxed()
    }

    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            match serde_json::from_str(message.body).map_err(Error::internal)? {
                Job::UserChanged(changed) => self.state.contacts.learn(&changed).await,
                Job::Fact(_) => Err(Error::internal("a fact came to notify's queue")),
            }
        }
        .boxed()
    }
}
