//! chat: threads and messages, by HTTP and by Socket.IO.

mod attachments;
mod blocks;
mod config;
mod directory;
mod erasure;
mod error;
mod exports;
mod folding;
mod hubs;
mod jobs;
mod leaving;
mod messages;
mod moderation;
mod nodes;
mod notices;
mod presence;
mod sockets;
mod state;
mod threads;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use shared::auth::Role;
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use shared::http::{Api, Rule};
use shared::jobs::{Poller, QueueName};
use shared::routes;
use shared::service::CHAT;
use shared::{Platform, server};
use socketioxide::SocketIo;
use socketioxide::layer::SocketIoLayer;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

pub use config::ServerConfig;
pub use error::ChatError;

use leaving::{Connections, leave_when_told, metadata_address};
use moderation::{audit, bans, reports, rules};
use nodes::{Link, Outgoing};
use state::State;

/// How long sockets may take to be closed when this node stops.
const CLOSING: Duration = Duration::from_secs(10);
/// How often a node that stops looks whether its sockets are gone.
const LOOKING: Duration = Duration::from_millis(100);

/// The service, ready to run.
pub struct Chat {
    state: State,
    io: SocketIo,
    engine: SocketIoLayer,
    /// What this node does by itself.
    tasks: Vec<AbortHandle>,
    /// By what it is one with other nodes, to the last.
    links: Vec<AbortHandle>,
    elsewhere: Outgoing,
}

impl Chat {
    /// Reads the configuration and starts to watch the sockets; the store is not called yet.
    ///
    /// # Errors
    /// The environment variable that is missing or wrong.
    pub async fn build(env: &Env, clock: Clock) -> Result<Self, ConfigError> {
        let platform = Platform::connect(&CHAT, env, clock).await?;
        let (engine, io) = sockets::engine();
        let link = Link::from_env(env).await?.map(Arc::new);
        let (elsewhere, queue) = match &link {
            Some(_) => {
                let (elsewhere, queue) = Outgoing::new();
                (elsewhere, Some(queue))
            }
            None => (Outgoing::default(), None),
        };
        let state = State::new(platform, env, link.clone(), &elsewhere)?;
        sockets::open(&io, &state);
        let tasks = vec![
            tokio::spawn(sockets::sweep_for_ever(state.clone())).abort_handle(),
            tokio::spawn(sockets::settle_for_ever(state.clone())).abort_handle(),
            tokio::spawn(presence::look_for_ever(state.clone())).abort_handle(),
            tokio::spawn(hubs::compare_for_ever(state.clone())).abort_handle(),
            tokio::spawn(threads::write_receipts_for_ever(state.clone())).abort_handle(),
            tokio::spawn(jobs::sweep_for_ever(state.clone())).abort_handle(),
            tokio::spawn(leave_when_told(metadata_address(env), state.leaving.clone())).abort_handle(),
        ];
        let mut links = Vec::new();
        if let (Some(link), Some(queue)) = (link, queue) {
            links.push(tokio::spawn(nodes::publish_for_ever(Arc::clone(&link), queue)).abort_handle());
            links.push(tokio::spawn(nodes::listen_for_ever(state.clone(), Arc::clone(&link))).abort_handle());
            links.push(tokio::spawn(nodes::look_for_ever(state.clone(), link)).abort_handle());
        }
        Ok(Self { state, io, engine, tasks, links, elsewhere })
    }

    /// Every route, with who may call it, and Socket.IO beside them.
    pub fn router(&self) -> Router {
        Api::new(&self.state.platform)
            .route(Rule::bearer(), routes!(threads::create, threads::list))
            .route(Rule::bearer(), routes!(threads::read, threads::update))
            .route(Rule::bearer(), routes!(threads::archive))
            .route(Rule::bearer(), routes!(threads::add))
            .route(Rule::bearer(), routes!(threads::update_member, threads::remove))
            .route(Rule::bearer(), routes!(threads::silence))
            .route(Rule::bearer(), routes!(threads::read_up_to))
            .route(Rule::bearer(), routes!(threads::mute))
            .route(Rule::bearer(), routes!(messages::list))
            .route(Rule::bearer(), routes!(messages::create))
            .route(Rule::bearer(), routes!(messages::search))
            .route(Rule::bearer(), routes!(messages::show, messages::update, messages::remove))
            .route(Rule::bearer(), routes!(messages::history))
            .route(Rule::bearer(), routes!(messages::reaction::add, messages::reaction::remove))
            .route(Rule::bearer(), routes!(attachments::create))
            .route(Rule::bearer(), routes!(attachments::show))
            .route(Rule::bearer(), routes!(blocks::block, blocks::list))
            .route(Rule::bearer(), routes!(blocks::unblock))
            .route(Rule::bearer(), routes!(presence::show))
            .route(Rule::bearer(), routes!(bans::ban, bans::list))
            .route(Rule::bearer(), routes!(bans::unban))
            .route(Rule::bearer(), routes!(reports::file))
            .route(Rule::bearer(), routes!(reports::list_of_thread))
            .route(Rule::bearer(), routes!(reports::resolve))
            .route(Rule::role(Role::Admin), routes!(reports::list))
            .route(Rule::role(Role::Admin), routes!(rules::create, rules::list))
            .route(Rule::role(Role::Admin), routes!(rules::replace, rules::remove))
            .route(Rule::role(Role::Admin), routes!(audit::list))
            .finish(self.state.clone())
            .merge(sockets::router(&self.engine, &self.state))
    }

    /// What reads this service's queue; `None` if it was given none.
    #[must_use]
    pub fn poller(&self) -> Option<Poller> {
        let platform = &self.state.platform;
        let url = platform.outbox().queues().url(QueueName::Chat)?;
        Some(Poller::new(platform.sdk(), url.to_owned(), Arc::new(jobs::ChatWorker::new(self.state.clone()))))
    }

    /// Serves and reads the queue until `stop` is cancelled, then sends the sockets away within `DRAIN_SECONDS`, and lets open
    /// requests finish.
    ///
    /// `trusted_proxy` says that a load balancer of ours stands in front.
    pub async fn serve(
        &self,
        listener: TcpListener,
        trusted_proxy: bool,
        stop: CancellationToken,
    ) -> std::io::Result<()> {
        let closing = CancellationToken::new();
        let serving = async {
            let listener = Connections::new(server::bounded(listener), self.state.leaving.clone());
            let served = server::serve_on(listener, self.router(), trusted_proxy, closing.clone()).await;
            stop.cancel();
            closing.cancel();
            served
        };
        let leaving = async {
            stop.cancelled().await;
            self.leave(&closing).await;
            closing.cancel();
            self.shutdown().await;
        };
        let polling = async {
            if let Some(poller) = self.poller() {
                poller.run(stop.clone()).await;
            }
        };
        let (served, ..) = tokio::join!(serving, leaving, polling);
        // What the last requests have changed is told, too.
        let _ = tokio::time::timeout(CLOSING, self.elsewhere.drained()).await;
        served
    }

    /// Sends the sockets away one by one, until there are none, or `DRAIN_SECONDS` are over.
    async fn leave(&self, closing: &CancellationToken) {
        self.state.leaving.begin();
        let gone = async {
            while !self.state.sockets.is_empty() {
                tokio::time::sleep(LOOKING).await;
            }
        };
        tokio::select! {
            // What is passed on to other nodes is no socket of this one.
            () = gone, if self.state.link.is_none() => {}
            () = tokio::time::sleep(self.state.leaving.within()) => {}
            () = closing.cancelled() => {}
        }
    }

    /// Closes the sockets whose token has expired or was revoked. This happens every few seconds by
    /// itself.
    pub async fn sweep(&self) {
        sockets::sweep(&self.state).await;
        self.state.presence.look(&self.state).await;
    }

    /// Sends what is due of the outbox. This happens every minute by itself.
    pub async fn sweep_outbox(&self) {
        jobs::sweep(&self.state).await;
    }

    /// Reads what other nodes have written and this one was not told of. This happens every few seconds by itself.
    pub async fn compare(&self) {
        hubs::compare(&self.state).await;
    }

    /// Closes every socket; clients come back to another node. No socket is let in afterwards.
    pub async fn shutdown(&self) {
        self.state.receipts.write(&self.state).await;
        if tokio::time::timeout(CLOSING, self.io.close()).await.is_err() {
            tracing::warn!("some sockets do not read, and are cut off");
        }
        self.tasks.iter().for_each(AbortHandle::abort);
        let ending = async {
            self.state.receipts.write(&self.state).await;
            self.state.presence.end_all(&self.state).await;
        };
        if tokio::time::timeout(CLOSING, ending).await.is_err() {
            tracing::warn!("when some users were last seen is not written");
        }
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.tasks.iter().chain(&self.links).for_each(AbortHandle::abort);
    }
}

/// Asks the chat binary that listens on `port` of this machine whether it is well.
///
/// # Errors
/// When it does not answer, or not with 200.
pub async fn check_health(port: u16) -> reqwest::Result<()> {
    let address = format!("http://127.0.0.1:{port}{}/health", CHAT.base_path);
    config::http_client()?.get(address).send().await?.error_for_status()?;
    Ok(())
}
