//! From the flags to a running platform, and back.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::middleware::from_fn_with_state;
use local_aws::{LocalAws, Options};
use shared::clock::Clock;
use shared::server;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::cli::Arguments;
use crate::corpus;
use crate::data::DataDir;
use crate::environment;
use crate::error::LocalError;
use crate::guard::{OwnOrigins, guard};
use crate::model;
use crate::page::{self, Inbox, Outbox, Page};
use crate::sandbox::Sandbox;
use crate::seeds;
use crate::services::Services;
use crate::startup;

/// Where web pages under development are usually served from.
const DEVELOPMENT_ORIGIN: &str = "http://localhost:3000";
/// Browsers take no IP address for passkeys, so here they need the page by this name.
const WEBAUTHN_RP_ID: &str = "localhost";
/// The function whose environment names the sandbox's keys and the inboxes' table.
const NOTIFY: &str = "NotifyFunction";

/// Runs the platform until SIGINT or SIGTERM.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), LocalError> {
    let began = Instant::now();
    let clock = Clock::system();
    let data = if arguments.ephemeral { None } else { Some(DataDir::take(&arguments.data, arguments.fresh)?) };
    let listener = bind(arguments.port).await?;
    let port = listener.local_addr().map_err(LocalError::Serve)?.port();
    let origins = OwnOrigins::on(port);
    let options = Options {
        data: data.as_ref().map(DataDir::aws),
        port: arguments.aws_port,
        parameters: parameters(&origins),
        template: None,
    };
    let aws = LocalAws::start(options).await.map_err(|error| match error {
        local_aws::Error::Io { source, .. } if source.kind() == ErrorKind::AddrInUse => {
            LocalError::AwsPortInUse { port: arguments.aws_port }
        }
        other => other.into(),
    })?;
    // Their receivers ran in the process that this one follows.
    aws.release_in_flight().await?;
    let aws = Arc::new(aws);
    model::fetch();
    let services = Services::build(&aws, &clock).await?;
    if let Some(data) = &data {
        environment::keep(data.path(), &services.environments)?;
    }
    if let Some(auth) = &services.auth {
        seeds::ensure(auth, &clock).await?;
    }

    if let Some(search) = services.search.filter(|_| !arguments.no_corpus) {
        tokio::spawn(corpus::ensure(search, clock.clone()));
    }
    let notify = services.environments.get(NOTIFY).cloned().unwrap_or_default();
    let sandbox = Sandbox::open(
        notify.get("GATEWAYS").map_or("", String::as_str),
        data.as_ref().map(DataDir::sandbox),
        origins.public_base_url(),
        &clock,
    )?;
    let inbox = Inbox::connect(&notify.into_iter().collect()).await;

    let stop = server::stop_signal();
    let tasks = TaskTracker::new();
    for reader in services.readers {
        tasks.spawn(reader.run(stop.clone()));
    }
    for timer in services.timers.clone() {
        tasks.spawn(timer.run(stop.clone()));
    }
    tasks.close();
    if let Some(chat) = services.chat {
        let stop = stop.clone();
        tokio::spawn(async move {
            stop.cancelled().await;
            chat.shutdown().await;
        });
    }

    let listed = services.listed.clone();
    let outbox = Outbox::new(Arc::clone(&aws), sandbox.clone(), inbox);
    let page = Page::new(Arc::clone(&aws), outbox, services.gateway, services.listed, services.timers, clock.clone())?;
    let own = page::router(page).merge(sandbox.router());
    let router: Router = own.layer(from_fn_with_state(origins.clone(), guard));
    sandbox.resume();
    startup::print(&origins, aws.endpoint(), &listed, data.as_ref(), &clock, began.elapsed());
    server::serve(listener, router, false, stop.clone()).await.map_err(LocalError::Serve)?;
    stop.cancel();
    tasks.wait().await;
    // Only handlers that outlasted the drain time still hold it; the data survives that, too.
    match Arc::into_inner(aws) {
        Some(aws) => Ok(aws.shutdown().await?),
        None => Ok(()),
    }
}

async fn bind(port: u16) -> Result<TcpListener, LocalError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => LocalError::PortInUse { port },
        _ => LocalError::Port { port, source },
    })
}

/// The parameters of template.yaml that differ from their defaults here.
fn parameters(origins: &OwnOrigins) -> BTreeMap<String, String> {
    let parameters = [
        ("Stage", "local".to_owned()),
        ("PublicBaseUrl", origins.public_base_url().to_owned()),
        ("AllowedOrigins", format!("{DEVELOPMENT_ORIGIN},{}", origins.list())),
        ("DefaultSignupTenantId", seeds::T1.id.to_string()),
        ("WebauthnRpId", WEBAUTHN_RP_ID.to_owned()),
        ("WebauthnOrigins", format!("{DEVELOPMENT_ORIGIN},{}", origins.by_name())),
        ("SearchModelDir", model::FOLDER.to_owned()),
        ("DocsScriptUrl", page::SCALAR_SCRIPT.to_owned()),
        // It comes from this very process.
        ("DocsScriptIntegrity", String::new()),
    ];
    parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
