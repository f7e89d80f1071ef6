//! Who takes part in a thread: joining, roles, leaving.

use std::collections::BTreeSet;

use axum::extract::State as Shared;
use garde::Validate;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::Error;
use shared::auth::{Principal, TenantId, UserId};
use shared::http::{AtMost, Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply, to_its_end};
use shared::store::{Action, Commit, Transaction};
use utoipa::ToSchema;
use uuid::Uuid;

use super::change::ROUNDS;
use super::membership::Membership;
use super::model::{Member, MemberRole, Rows, Thread, ThreadId, ThreadType, require_known};
use super::standing::Standing;
use super::store::{Parted, Row, ThreadStore, member_key, membership_key, pair_key, parted_key};
use crate::error::ChatError;
use crate::moderation::audit::{Act, Event};
use crate::moderation::bans::Ban;
use crate::state::State;

/// Users who may be added at once: each takes two items of one transaction.
const MOST_ADDED: usize = 47;
/// Members of one thread: they are shown with it.
const MOST_MEMBERS: usize = 1000;

/// Who is to take part.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct AddMembers {
    /// Users of the caller's tenant.
    #[schema(value_type = Vec<UserId>, min_items = 1, max_items = 47)]
    user_ids: AtMost<UserId, MOST_ADDED>,
}

/// What a member is to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct UpdateMember {
    #[schema(inline)]
    role: MemberRole,
}

/// Somebody who takes part in a thread; what `member:added` says, also of another role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThreadMember {
    thread_id: ThreadId,
    #[serde(flatten)]
    member: Member,
}

/// Who takes part no more; what `member:removed` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemovedMember {
    thread_id: ThreadId,
    user_id: UserId,
}

/// Adds users of the tenant to a thread, who read all of it and have nothing unread. Those who take part already stay as
/// they are. Its owner's or an admin's to do.
#[utoipa::path(post, path = "/threads/{id}/members", operation_id = "addMembers", tag = "threads", params(("id" = Uuid, Path)), request_body = AddMembers, responses(
    (status = 200, description = "Those named, as members", body = Envelope<Vec<ThreadMember>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`USER_BLOCKED`: one of them blocks the caller; `FORBIDDEN`: also if one of them is banned; `NOT_THREAD_MEMBER`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`, `CONFLICT`: a direct thread, or one that is full", body = ErrorEnvelope),
))]
pub(crate) async fn add(
    Shared(state): Shared<State>,
    principal: Principal,
    headers: HeaderMap,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<AddMembers>,
) -> Result<Reply<Vec<ThreadMember>>, ChatError> {
    let (tenant, thread) = (principal.tenant(), ThreadId(id));
    let named = request.user_ids.0;
    if named.is_empty() {
        return Err(Error::field("userIds", "must name somebody").into());
    }
    let standing = state.threads.standing(tenant, principal.user(), thread).await?;
    standing.require_manager(&principal)?;
    standing.require_changing_members()?;
    let authorization = headers.get(AUTHORIZATION).ok_or(Error::Unauthorized)?;
    let known = state.directory.members_of_tenant(authorization, &named).await?;
    require_known("userIds", &named, |id| known.contains(id))?;
    state.blocks.require_none(tenant, &named, principal.user()).await?;
    let adding = async move {
        let threads = state.threads.clone();
        let changed = change_members(&state, &principal, &idempotency, (thread, &named), |standing, mut rows, bans| {
            standing.require_manager(&principal)?;
            standing.require_changing_members()?;
            if !bans.is_empty() {
                return Err(ChatError::Banned(bans.iter().map(|ban| ban.user_id).collect()));
            }
            let there: BTreeSet<UserId> = rows.members.iter().map(|member| member.user_id).collect();
            let new: BTreeSet<UserId> = named.iter().filter(|id| !there.contains(id)).copied().collect();
            if there.len() + new.len() > MOST_MEMBERS {
                return Err(Error::Conflict.into());
            }
            let now = state.clock().now();
            let added: Vec<Member> = new.into_iter().map(|id| Member::joining(id, now)).collect();
            let joining = added.iter().flat_map(|member| threads.joining(tenant, thread, member, rows.head.last_seq));
            let actions = joining.collect();
            rows.members.extend(added.iter().cloned());
            let answer = rows.members.iter().filter(|member| named.contains(&member.user_id));
            let answer = answer.map(|member| ThreadMember { thread_id: thread, member: member.clone() }).collect();
            Ok((actions, rows, (answer, added)))
        });
        let (reply, rows, added) = changed.await?;
        if reply.fresh().is_some() {
            tell_joined(&state, tenant, &rows, &added).await;
        }
        Ok(reply)
    };
    to_its_end(adding).await?
}

/// The new ones hear of the thread, and the others of them.
async fn tell_joined(state: &State, tenant: TenantId, rows: &Rows, added: &[Member]) {
    let thread = rows.meta.id;
    for member in added {
        let told = ThreadMember { thread_id: thread, member: member.clone() };
        state.hubs.tell(tenant, thread, "member:added", &told);
    }
    let seen = Thread::new(rows.clone(), &Membership::new(thread, rows.head.last_seq), state.clock().now());
    let added: Vec<UserId> = added.iter().map(|member| member.user_id).collect();
    state.sockets.join(state, tenant, &added, &seen).await;
}

/// Gives a member another role. Its owner's or an admin's to do. Somebody always owns a thread: the last owner names
/// another one first.
#[utoipa::path(patch, path = "/threads/{id}/members/{userId}", operation_id = "updateMember", tag = "threads", params(("id" = Uuid, Path), ("userId" = Uuid, Path)), request_body = UpdateMember, responses(
    (status = 200, body = Envelope<ThreadMember>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`, `NOT_FOUND`: nobody of the thread", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`, `CONFLICT`: a direct thread, or the last owner", body = ErrorEnvelope),
))]
pub(crate) async fn update_member(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((id, user)): PathParams<(Uuid, Uuid)>,
    Json(request): Json<UpdateMember>,
) -> Result<Reply<ThreadMember>, ChatError> {
    let (tenant, thread, user, role) = (principal.tenant(), ThreadId(id), UserId(user), request.role);
    let changing = async move {
        let threads = state.threads.clone();
        let changed = change_members(&state, &principal, &idempotency, (thread, &[]), |standing, mut rows, _| {
            standing.require_manager(&principal)?;
            standing.require_changing_members()?;
            let member = rows.members.iter_mut().find(|member| member.user_id == user).ok_or(Error::NotFound)?;
            member.role = role;
            let member = member.clone();
            if !rows.members.iter().any(|member| member.role == MemberRole::Owner) {
                return Err(Error::Conflict.into());
            }
            let event = Event::new(Act::RoleChanged, principal.user(), state.clock().now());
            let event = event.in_thread(thread).on(user).value(json!(role));
            let actions = vec![threads.put_member(tenant, thread, &member), state.audit.record(tenant, &event)];
            Ok((actions, rows, (ThreadMember { thread_id: thread, member }, ())))
        });
        let (reply, ..) = changed.await?;
        if let Some(member) = reply.fresh() {
            state.hubs.tell(tenant, thread, "member:added", member);
        }
        Ok(reply)
    };
    to_its_end(changing).await?
}

/// Takes somebody out of a thread, who hears nothing of it from then on. One's own to do, the owner's, an admin's, and of
/// plain members a moderator's. When the last owner goes, whoever has been there longest is the next one.
#[utoipa::path(delete, path = "/threads/{id}/members/{userId}", operation_id = "removeMember", tag = "threads", params(("id" = Uuid, Path), ("userId" = Uuid, Path)), responses(
    (status = 200, body = Envelope<RemovedMember>),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`, `NOT_FOUND`: nobody of the thread", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`, `CONFLICT`: a direct thread", body = ErrorEnvelope),
))]
pub(crate) async fn remove(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((id, user)): PathParams<(Uuid, Uuid)>,
) -> Result<Reply<RemovedMember>, ChatError> {
    let (tenant, thread, user) = (principal.tenant(), ThreadId(id), UserId(user));
    let removing = async move {
        let threads = state.threads.clone();
        let changed = change_members(&state, &principal, &idempotency, (thread, &[]), |standing, mut rows, _| {
            let removed = rows.remove(user);
            if user != principal.user() {
                standing.require_removing(&principal, removed.as_ref().map(|member| member.role))?;
            }
            standing.require_member_or_admin(&principal)?;
            standing.require_changing_members()?;
            let removed = removed.ok_or_else(|| standing.require_member().err().unwrap_or(Error::NotFound.into()))?;
            let mut actions = threads.parting(tenant, &removed, &mut rows);
            if user != principal.user() {
                let event = Event::new(Act::MemberRemoved, principal.user(), state.clock().now());
                actions.push(state.audit.record(tenant, &event.in_thread(thread).on(user)));
            }
            Ok((actions, rows, (RemovedMember { thread_id: thread, user_id: user }, ())))
        });
        let (reply, ..) = changed.await?;
        if reply.fresh().is_some() {
            tell_removed(&state, tenant, thread, user).await;
        }
        Ok(reply)
    };
    to_its_end(removing).await?
}

/// Somebody takes part no more: he hears it, too, and nothing after it.
pub(crate) async fn tell_removed(state: &State, tenant: TenantId, thread: ThreadId, user: UserId) {
    state.hubs.tell(tenant, thread, "member:removed", &RemovedMember { thread_id: thread, user_id: user });
    state.sockets.part(state, (tenant, user), thread).await;
}

/// Takes an erased user out of a thread, whatever kind that is.
///
/// # Errors
/// [`ChatError::ThreadNotFound`], and [`Error::NotFound`] if he takes no part in it.
pub(crate) async fn take_out(state: &State, tenant: TenantId, user: UserId, thread: ThreadId) -> Result<(), ChatError> {
    for _ in 0..ROUNDS {
        let mut rows = state.threads.whole(tenant, thread).await?;
        let removed = rows.remove(user).ok_or(Error::NotFound)?;
        let mut transaction = Transaction::new(state.platform.store());
        transaction.extend(state.threads.parting(tenant, &removed, &mut rows));
        if rows.meta.kind == ThreadType::Direct
            && let Some(other) = rows.members.first()
        {
            let pair = (user.min(other.user_id), user.max(other.user_id));
            transaction.add(state.threads.table.delete(&pair_key(tenant, pair)));
        }
        rows.meta.member_count = rows.members.len();
        transaction.add(state.threads.save(tenant, &mut rows.meta));
        if transaction.commit().await? == Commit::Done {
            tell_removed(state, tenant, thread, user).await;
            return Ok(());
        }
    }
    Err(Error::unavailable("the thread keeps changing").into())
}

/// Makes an owner of who has been there longest, if there is none.
fn heir(members: &mut [Member]) -> Option<&Member> {
    if members.iter().any(|member| member.role == MemberRole::Owner) {
        return None;
    }
    let heir = members.iter_mut().min_by_key(|member| (member.role, member.joined_at, member.user_id))?;
    heir.role = MemberRole::Owner;
    Some(heir)
}

/// What a change of members writes, the thread as it is then, and what is answered, with what is told.
type Decision<T, A> = (Vec<Action>, Rows, (T, A));

/// Changes who takes part, as `decide` says, which is told the bans of those concerned; begins again if the thread, and so
/// any of its bans, changes meanwhile.
pub(crate) async fn change_members<T: Serialize, A>(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    (thread, concerned): (ThreadId, &[UserId]),
    decide: impl Fn(&Standing, Rows, &[Ban]) -> Result<Decision<T, A>, ChatError>,
) -> Result<(Reply<T>, Rows, A), ChatError> {
    let (tenant, user) = (principal.tenant(), principal.user());
    for _ in 0..ROUNDS {
        let rows = state.threads.whole(tenant, thread).await?;
        // After the thread's version.
        let bans = state.bans.of(tenant, thread, concerned).await?;
        let role = rows.members.iter().find(|member| member.user_id == user).map(|member| member.role);
        let standing = Standing { meta: rows.meta.clone(), role };
        let (actions, mut rows, (answer, told)) = decide(&standing, rows, &bans)?;
        let mut transaction = Transaction::new(state.platform.store());
        if !actions.is_empty() {
            rows.meta.member_count = rows.members.len();
            transaction.add(state.threads.save(tenant, &mut rows.meta));
            transaction.extend(actions);
        }
        if let Finished::Reply(reply) = idempotency.commit(transaction, Reply::ok(answer)).await? {
            return Ok((reply, rows, told));
        }
    }
    Err(Error::unavailable("the thread keeps changing").into())
}

impl ThreadStore {
    /// The writes by which somebody who is not in `rows` any more takes part no more; an owner has an heir.
    pub(crate) fn parting(&self, tenant: TenantId, removed: &Member, rows: &mut Rows) -> Vec<Action> {
        let thread = rows.meta.id;
        let mut actions = Vec::from(self.leaving(tenant, thread, removed.user_id));
        if removed.role == MemberRole::Owner
            && let Some(heir) = heir(&mut rows.members)
        {
            actions.push(self.put_member(tenant, thread, heir));
        }
        actions
    }

    /// The write of a member's role.
    fn put_member(&self, tenant: TenantId, thread: ThreadId, member: &Member) -> Action {
        let key = member_key(tenant, thread, member.user_id);
        self.table.put(&key, &Row::Member(member.clone())).if_present()
    }

    /// The writes by which somebody takes part no more. That he did once stays written, for the day he is erased.
    fn leaving(&self, tenant: TenantId, thread: ThreadId, user: UserId) -> [Action; 3] {
        let membership = self.table.delete(&membership_key(tenant, user, thread));
        let parted = self.table.put(&parted_key(tenant, user, thread), &Parted { thread_id: thread });
        [self.table.delete(&member_key(tenant, thread, user)).if_present(), membership, parted]
    }
}
