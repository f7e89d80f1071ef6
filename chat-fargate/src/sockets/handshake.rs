//! Who may connect.

use std::fmt;

use serde::Deserialize;
use shared::auth::Principal;
use shared::http::ErrorBody;
use shared::service::CHAT;
use shared::{Error, ServiceError};
use socketioxide::extract::SocketRef;

use super::events;
use super::rooms::{join_threads, join_user};
use super::session::Session;
use crate::state::State;

/// What clients say when they connect. Fields that other versions know are let pass.
#[derive(Default, Deserialize)]
pub(super) struct Handshake {
    /// The access token. A bearer header is taken where there is none; a query string never is,
    /// since addresses are logged.
    token: Option<String>,
}

/// Why a socket was not let in: the error's code, the only thing a `connect_error` can say.
#[derive(Debug)]
pub(super) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(ErrorBody::of(&error, CHAT.error_prefix).code)
    }
}

/// Lets a socket in and sets it up whole, so that it misses nothing once it is connected.
pub(super) async fn admit(state: &State, socket: &SocketRef, handshake: Handshake) -> Result<(), Refused> {
    let principal = authenticate(state, socket, handshake).await.inspect_err(|error| {
        tracing::info!(error.code = error.problem().code, "a socket was refused");
    })?;
    let (tenant, user) = (principal.tenant(), principal.user());
    let slot = state.slots.take(user).ok_or(Error::RateLimited { retry_after: super::PING_INTERVAL })?;
    join_user(socket, tenant, user);
    let memberships = state.threads.memberships(tenant, user).await?;
    join_threads(socket, tenant, memberships.into_iter().map(|membership| membership.thread_id));
    let (session, requests) = Session::new(principal.clone(), slot);
    socket.extensions.insert(session);
    events::listen(socket);
    tokio::spawn(events::answer_all(state.clone(), principal, requests));
    Ok(())
}

async fn authenticate(state: &State, socket: &SocketRef, handshake: Handshake) -> Result<Principal, Error> {
    let headers = &socket.req_parts().headers;
    let authenticator = state.platform.authenticator();
    let principal = match handshake.token {
        Some(token) => authenticator.authenticate_token(&token).await?,
        None => authenticator.authenticate(headers).await?,
    };
    principal.check_tenant_header(headers, CHAT.tenant_header)?;
    Ok(principal)
}

/// After a socket was let in.
pub(super) async fn connected(socket: SocketRef) {
    if let Some(session) = Session::of(&socket) {
        tracing::info!(socket.id = %socket.id, tenant.id = %session.principal.tenant(), "a socket connected");
    }
}
