//! What a thread is called, and whether it is open.

use axum::extract::State as Shared;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use shared::Error;
use shared::auth::{Principal, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply, to_its_end};
use shared::store::{Action, Transaction};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Meta, ThreadId, ThreadType};
use super::standing::Standing;
use super::store::{Row, ThreadStore, meta_key, pair_key};
use crate::error::ChatError;
use crate::moderation::audit::{Act, Event};
use crate::state::State;

/// Tries of a change while others change the same thread.
pub(super) const ROUNDS: usize = 5;

/// A thread without who takes part in it; what `thread:updated` and `thread:archived` say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadInfo {
    id: ThreadId,
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: ThreadType,
    name: Option<String>,
    created_by: UserId,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Null while it is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    archived_at: Option<Timestamp>,
    /// How long a plain member waits between two messages; 0 for not at all.
    slow_mode_seconds: u32,
    /// Counts its changes: of two that cross on their way, the greater one is how it is.
    version: u64,
}

impl From<Meta> for ThreadInfo {
    fn from(meta: Meta) -> Self {
        let Meta { id, kind, name, created_by, created_at, archived_at, slow_mode_seconds, version, .. } = meta;
        Self { id, kind, name, created_by, created_at, archived_at, slow_mode_seconds, version }
    }
}

/// What a thread is to be.
#[expect(clippy::option_option, reason = "a field that is absent says something else than null")]
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateThread {
    /// For people; null takes it away, and without the field it stays.
    #[serde(default, deserialize_with = "named")]
    #[garde(inner(inner(length(chars, min = 1, max = 100))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    name: Option<Option<String>>,
    /// How long plain members wait between two messages, up to six hours; 0 for not at all. Without the field it stays.
    #[garde(range(max = 21_600))]
    #[schema(maximum = 21_600)]
    slow_mode_seconds: Option<u32>,
}

/// That a field is there, if it is null, too.
#[expect(clippy::option_option, reason = "a field that is absent says something else than null")]
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Whether a thread is to be closed for new messages.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct ArchiveThread {
    /// `false` opens it again.
    archived: bool,
}

/// Gives a thread another name, or slows its members down. Its owner's or an admin's to do; a direct thread has none.
#[utoipa::path(patch, path = "/threads/{id}", operation_id = "updateThread", tag = "threads", params(("id" = Uuid, Path)), request_body = UpdateThread, responses(
    (status = 200, body = Envelope<ThreadInfo>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`, `CONFLICT`: a direct thread", body = ErrorEnvelope),
))]
pub(crate) async fn update(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<UpdateThread>,
) -> Result<Reply<ThreadInfo>, ChatError> {
    change(state, principal, idempotency, ThreadId(id), "thread:updated", move |standing, _| {
        standing.require_group()?;
        standing.require_open()?;
        if let Some(name) = &request.name {
            standing.meta.name.clone_from(name);
        }
        standing.meta.slow_mode_seconds = request.slow_mode_seconds.unwrap_or(standing.meta.slow_mode_seconds);
        Ok(())
    })
    .await
}

/// Closes a thread for new messages and changes, or opens it again. Its owner's or an admin's to do, and of a direct
/// thread either one's.
#[utoipa::path(post, path = "/threads/{id}/archive", operation_id = "archiveThread", tag = "threads", params(("id" = Uuid, Path)), request_body(content = Option<ArchiveThread>, description = "Without one it is archived"), responses(
    (status = 200, body = Envelope<ThreadInfo>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn archive(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    request: Option<Json<ArchiveThread>>,
) -> Result<Reply<ThreadInfo>, ChatError> {
    let archived = request.is_none_or(|Json(request)| request.archived);
    change(state, principal, idempotency, ThreadId(id), "thread:archived", move |standing, now| {
        let since = standing.meta.archived_at.unwrap_or(now);
        standing.meta.archived_at = archived.then_some(since);
        Ok(())
    })
    .await
}

/// Changes a thread if the caller manages it, and tells its members; begins again if it changes meanwhile.
async fn change(
    state: State,
    principal: Principal,
    idempotency: Idempotency,
    thread: ThreadId,
    event: &'static str,
    decide: impl Fn(&mut Standing, Timestamp) -> Result<(), ChatError> + Send + 'static,
) -> Result<Reply<ThreadInfo>, ChatError> {
    let tenant = principal.tenant();
    let changing = async move {
        for _ in 0..ROUNDS {
            let mut standing = state.threads.standing(tenant, principal.user(), thread).await?;
            standing.require_manager(&principal)?;
            let (slow_mode, now) = (standing.meta.slow_mode_seconds, state.clock().now());
            decide(&mut standing, now)?;
            let mut transaction = Transaction::new(state.platform.store());
            if standing.meta.slow_mode_seconds != slow_mode {
                let event = Event::new(Act::SlowModeChanged, principal.user(), now).in_thread(thread);
                let event = event.value(standing.meta.slow_mode_seconds);
                transaction.add(state.audit.record(tenant, &event));
            }
            transaction.add(state.threads.save(tenant, &mut standing.meta));
            let reply = Reply::ok(ThreadInfo::from(standing.meta));
            if let Finished::Reply(reply) = idempotency.commit(transaction, reply).await? {
                if let Some(changed) = reply.fresh() {
                    state.hubs.tell(tenant, thread, event, changed);
                }
                return Ok(reply);
            }
        }
        Err(Error::unavailable("the thread keeps changing").into())
    };
    to_its_end(changing).await?
}

impl ThreadStore {
    /// The write by which the direct thread of a user and somebody else knows that he blocks that one, or does so no more;
    /// refused if it was changed, or made, meanwhile.
    pub(crate) async fn set_blocked(
        &self,
        tenant: TenantId,
        (user, blocked): (UserId, UserId),
        blocks: bool,
    ) -> Result<Action, ChatError> {
        let pair = (user.min(blocked), user.max(blocked));
        let Some(thread) = self.find_direct(tenant, pair).await? else {
            return Ok(self.table.check(&pair_key(tenant, pair)).if_absent());
        };
        let mut meta = self.standing(tenant, user, thread).await?.meta;
        let known = meta.blocked_by.contains(&user);
        if known == blocks {
            let check = self.table.check(&meta_key(tenant, thread)).when("version = :read");
            return Ok(check.value(":read", meta.version));
        }
        meta.blocked_by.retain(|other| *other != user);
        meta.blocked_by.extend(blocks.then_some(user));
        Ok(self.save(tenant, &mut meta))
    }

    /// The write of a changed description, refused if it was changed since it was read.
    pub(super) fn save(&self, tenant: TenantId, meta: &mut Meta) -> Action {
        let read = meta.version;
        meta.version += 1;
        let put = self.table.put(&meta_key(tenant, meta.id), &Row::Meta(meta.clone()));
        put.when("version = :read").value(":read", read)
    }
}
