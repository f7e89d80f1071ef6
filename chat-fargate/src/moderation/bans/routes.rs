//! `/threads/{id}/bans`

use axum::extract::State as Shared;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use shared::Error;
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Paging, PathParams, Reply, to_its_end};
use shared::store::Position;
use uuid::Uuid;

use super::model::{Ban, BanUser};
use crate::error::ChatError;
use crate::moderation::audit::{Act, Event};
use crate::state::State;
use crate::threads::{ThreadId, change_members, tell_removed};

/// Bans a user from a thread: he is taken out of it, if he takes part, and cannot be added until the ban ends. A second
/// time replaces the first, whoever has banned him. For those who keep order there, about plain members and who takes no part; about others for
/// its owner and admins; not about oneself. The members hear `member:removed`.
#[utoipa::path(post, path = "/threads/{id}/bans", operation_id = "banUser", tag = "moderation", params(("id" = Uuid, Path)), request_body = BanUser, responses(
    (status = 200, body = Envelope<Ban>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`, `CONFLICT`: a direct thread", body = ErrorEnvelope),
))]
pub(crate) async fn ban(
    Shared(state): Shared<State>,
    principal: Principal,
    headers: HeaderMap,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<BanUser>,
) -> Result<Reply<Ban>, ChatError> {
    let (tenant, thread, user) = (principal.tenant(), ThreadId(id), request.user_id);
    let now = state.clock().now();
    if request.until.is_some_and(|until| until <= now) {
        return Err(Error::field("until", "must lie ahead").into());
    }
    let standing = state.threads.standing(tenant, principal.user(), thread).await?;
    let role = state.threads.roles(tenant, thread, &[user]).await?.get(&user).copied();
    standing.require_banning(&principal, role)?;
    if role.is_none() {
        let authorization = headers.get(AUTHORIZATION).ok_or(Error::Unauthorized)?;
        if !state.directory.members_of_tenant(authorization, &[user]).await?.contains(&user) {
            return Err(Error::field("userId", "is no user of your tenant").into());
        }
    }
    let (until, reason, banned_by) = (request.until, request.reason, principal.user());
    let ban = Ban { thread_id: thread, user_id: user, until, reason, banned_by, banned_at: now };
    let event = Event::new(Act::MemberBanned, banned_by, now).in_thread(thread).on(user).until(until);
    let banning = async move {
        let changed = change_members(&state, &principal, &idempotency, (thread, &[]), |standing, mut rows, _| {
            let removed = rows.remove(user);
            standing.require_banning(&principal, removed.as_ref().map(|member| member.role))?;
            if user == principal.user() {
                return Err(Error::Forbidden.into());
            }
            standing.require_changing_members()?;
            let mut actions = vec![state.bans.put(tenant, &ban), state.audit.record(tenant, &event)];
            if let Some(removed) = &removed {
                actions.extend(state.threads.parting(tenant, removed, &mut rows));
            }
            Ok((actions, rows, (ban.clone(), removed.is_some())))
        });
        let (reply, _, removed) = changed.await?;
        if removed && reply.fresh().is_some() {
            tell_removed(&state, tenant, thread, user).await;
        }
        Ok(reply)
    };
    to_its_end(banning).await?
}

/// Lets a banned user be added again, whoever has banned him. For those who keep order in the thread, but not about
/// themselves.
#[utoipa::path(delete, path = "/threads/{id}/bans/{userId}", operation_id = "unbanUser", tag = "moderation", params(("id" = Uuid, Path), ("userId" = Uuid, Path)), responses(
    (status = 200, description = "The ban that has ended", body = Envelope<Ban>),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`, `NOT_FOUND`: no ban", body = ErrorEnvelope),
    (status = 409, description = "`THREAD_ARCHIVED`", body = ErrorEnvelope),
))]
pub(crate) async fn unban(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams((id, user)): PathParams<(Uuid, Uuid)>,
) -> Result<Reply<Ban>, ChatError> {
    let (tenant, thread, user) = (principal.tenant(), ThreadId(id), UserId(user));
    let event = Event::new(Act::MemberUnbanned, principal.user(), state.clock().now()).in_thread(thread).on(user);
    let unbanning = async move {
        let concerned = [user];
        let changed = change_members(&state, &principal, &idempotency, (thread, &concerned), |standing, rows, bans| {
            standing.require_banning(&principal, None)?;
            if user == principal.user() {
                return Err(Error::Forbidden.into());
            }
            standing.require_open()?;
            let ban = bans.first().cloned().ok_or(Error::NotFound)?;
            let actions = vec![state.bans.delete(tenant, thread, user), state.audit.record(tenant, &event)];
            Ok((actions, rows, (ban, ())))
        });
        Ok(changed.await?.0)
    };
    to_its_end(unbanning).await?
}

/// Who is banned from a thread. For those who keep order there.
#[utoipa::path(get, path = "/threads/{id}/bans", operation_id = "listBans", tag = "moderation", params(("id" = Uuid, Path), Paging), responses(
    (status = 200, body = Envelope<Vec<Ban>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = ErrorEnvelope),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    paging: Paging,
) -> Result<Reply<Vec<Ban>>, ChatError> {
    let (tenant, thread) = (principal.tenant(), ThreadId(id));
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "bans", &id)?;
    state.threads.standing(tenant, principal.user(), thread).await?.require_banning(&principal, None)?;
    let rows = state.bans.page(tenant, thread, pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items, page))
}
