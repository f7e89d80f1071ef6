//! auth's timers.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::Error;
use shared::jobs::{Message, Worker};

use crate::State;

/// Does what template.yaml's timers ask for.
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
                "rotate-keys" => self.state.keys.rotate().await.map(|_| ()),
                other => Err(Error::internal(format!("there is no timer {other}"))),
            }
        }
        .boxed()
    }

    fn message<'a>(&'a self, message: Message<'a>) -> BoxFuture<'a, Result<(), Error>> {
        async move { Err(Error::internal(format!("auth has no queue, but received message {}", message.id))) }.boxed()
    }
}
