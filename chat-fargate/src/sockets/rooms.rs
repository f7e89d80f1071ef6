//! Who hears what: a room for each thread and one for each user, both within a tenant.

use serde::Serialize;
use shared::auth::{TenantId, UserId};
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use socketioxide::operators::BroadcastOperators;

use crate::messages::Message;
use crate::threads::{Thread, ThreadId};

/// The rooms of this node.
#[derive(Clone, Debug)]
pub(crate) struct Rooms {
    io: SocketIo,
}

/// What `typing:start` and `typing:stop` tell the other members.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Typing {
    pub(super) thread_id: ThreadId,
    pub(super) user_id: UserId,
}

fn user_room(tenant: TenantId, user: UserId) -> String {
    format!("{tenant}/user/{user}")
}

fn thread_room(tenant: TenantId, thread: ThreadId) -> String {
    format!("{tenant}/thread/{thread}")
}

/// Lets a socket hear what is for its user. Done before the user's threads are read, so that a
/// thread made meanwhile is not missed.
pub(super) fn join_user(socket: &SocketRef, tenant: TenantId, user: UserId) {
    socket.join(user_room(tenant, user));
}

/// Lets a socket hear these threads.
pub(super) fn join_threads(socket: &SocketRef, tenant: TenantId, threads: impl Iterator<Item = ThreadId>) {
    socket.join(threads.map(|thread| thread_room(tenant, thread)).collect::<Vec<_>>());
}

impl Rooms {
    pub(crate) fn new(io: SocketIo) -> Self {
        Self { io }
    }

    /// `thread:created` to the members' sockets, which hear the thread from now on.
    pub(crate) async fn thread_created(&self, tenant: TenantId, thread: &Thread) {
        let room = thread_room(tenant, thread.id);
        let users: Vec<String> = thread.members.iter().map(|member| user_room(tenant, member.user_id)).collect();
        let Some(members) = self.everybody() else { return };
        // This node's rooms are in memory; joining them cannot fail.
        let Ok(()) = members.within(users).join(room.clone()).await;
        self.emit(&room, "thread:created", thread).await;
    }

    /// `message:new` to the members' sockets.
    pub(crate) async fn message_new(&self, tenant: TenantId, message: &Message) {
        self.emit(&thread_room(tenant, message.thread_id), "message:new", message).await;
    }

    /// A typing event to the sockets of the other members.
    pub(super) async fn typing(&self, event: &'static str, tenant: TenantId, typing: &Typing) {
        let Some(members) = self.everybody() else { return };
        let others = members.to(thread_room(tenant, typing.thread_id)).except(user_room(tenant, typing.user_id));
        if let Err(error) = others.emit(event, typing).await {
            tracing::debug!(%error, event, "a typing event did not reach every socket");
        }
    }

    async fn emit(&self, room: &str, event: &'static str, data: &(impl Serialize + Sync)) {
        let Some(members) = self.everybody() else { return };
        if let Err(error) = members.within(room.to_owned()).emit(event, data).await {
            tracing::warn!(%error, event, "an event did not reach every socket; they have to read it back");
        }
    }

    /// Sockets of every user; `None` once this node is shutting down.
    fn everybody(&self) -> Option<BroadcastOperators> {
        self.io.of("/")
    }

    /// Every socket that is connected here.
    pub(super) fn sockets(&self) -> Vec<SocketRef> {
        self.everybody().map(BroadcastOperators::sockets).unwrap_or_default()
    }
}
