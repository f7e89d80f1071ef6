//! `POST /threads/{id}/members/{userId}/silence`: a member who is to write nothing for some time.

use std::collections::HashMap;

use axum::extract::State as Shared;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Principal, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply};
use shared::store::{Action, Key, Transaction};
use utoipa::ToSchema;
use uuid::Uuid;

use super::membership::Membership;
use super::model::{Member, MemberRole, ThreadId};
use super::store::{ThreadStore, member_key, membership_key};
use crate::error::ChatError;
use crate::moderation::audit::{Act, Event};
use crate::state::State;

/// How long a member is to write nothing.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct SilenceMember {
    /// Until when; null lets him write again.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    until: Option<Timestamp>,
}

/// Until when a member writes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberSilence {
    thread_id: ThreadId,
    user_id: UserId,
    #[schema(value_type = Option<String>, format = DateTime)]
    silenced_until: Option<Timestamp>,
}

/// Has a plain member write nothing in a thread until a time, or lets him write again. He reads on, and his messages are
/// 403 `FORBIDDEN` meanwhile. For those who keep order there, but not about themselves: its owner and moderators, and
/// admins who take part. It says nothing to who becomes owner or moderator.
#[utoipa::path(post, path = "/threads/{id}/members/{userId}/silence", operation_id = "silenceMember", tag = "threads", params(("id" = Uuid, Path), ("userId" = Uuid, Path)), request_body = SilenceMember, responses(
    (status = 200, body = Envelope<MemberSilence>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`: also of who keeps order himself", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`, `NOT_FOUND`: nobody of the thread", body = ErrorEnvelope),
    (status = 409, description = "`CONFLICT`: a direct thread", body = ErrorEnvelope),
))]
pub(crate) async fn silence(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((id, user)): PathParams<(Uuid, Uuid)>,
    Json(request): Json<SilenceMember>,
) -> Result<Reply<MemberSilence>, ChatError> {
    let (tenant, thread, user) = (principal.tenant(), ThreadId(id), UserId(user));
    let standing = state.threads.standing(tenant, principal.user(), thread).await?;
    standing.require_member()?;
    standing.require_group()?;
    if !standing.keeps_order(&principal) || user == principal.user() {
        return Err(Error::Forbidden.into());
    }
    let now = state.clock().now();
    if request.until.is_some_and(|until| until <= now) {
        return Err(Error::field("until", "must lie ahead").into());
    }
    let roles = state.threads.roles(tenant, thread, &[user]).await?;
    match roles.get(&user) {
        None => return Err(Error::NotFound.into()),
        Some(MemberRole::Owner | MemberRole::Moderator) if request.until.is_some() => {
            return Err(Error::Forbidden.into());
        }
        Some(_) => {}
    }
    let write = state.threads.silence(tenant, user, thread, request.until);
    let act = if request.until.is_some() { Act::MemberSilenced } else { Act::MemberUnsilenced };
    let event = Event::new(act, principal.user(), now).in_thread(thread).on(user).until(request.until);
    let transaction = Transaction::new(state.platform.store()).with(write).with(state.audit.record(tenant, &event));
    let reply = Reply::ok(MemberSilence { thread_id: thread, user_id: user, silenced_until: request.until });
    match idempotency.commit(transaction, reply).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(Error::NotFound.into()),
    }
}

impl ThreadStore {
    /// The write by which a member writes nothing until a time, or may again; refused if he takes part no more.
    pub(super) fn silence(&self, tenant: TenantId, user: UserId, thread: ThreadId, until: Option<Timestamp>) -> Action {
        let key = membership_key(tenant, user, thread);
        match until {
            Some(until) => self.table.update(&key, "SET silencedUntil = :until").value(":until", until),
            None => self.table.update(&key, "REMOVE silencedUntil"),
        }
        .if_present()
    }

    /// That those who keep order in a thread let a member of it write now.
    pub(crate) async fn require_unsilenced(
        &self,
        tenant: TenantId,
        user: UserId,
        thread: ThreadId,
    ) -> Result<(), ChatError> {
        let membership: Option<Membership> = self.table.get(&membership_key(tenant, user, thread)).await?;
        membership.ok_or(ChatError::NotThreadMember)?.require_unsilenced(self.clock.now())
    }

    /// What each of `users` is in a thread.
    pub(crate) async fn roles(
        &self,
        tenant: TenantId,
        thread: ThreadId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, MemberRole>, Error> {
        let keys: Vec<Key> = users.iter().map(|user| member_key(tenant, thread, *user)).collect();
        let found = self.table.get_all::<Member>(&keys).await?;
        Ok(found.into_iter().flatten().map(|member| (member.user_id, member.role)).collect())
    }
}
