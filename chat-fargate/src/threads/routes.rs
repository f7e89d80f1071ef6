//! `/threads`

use axum::extract::State as Shared;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, Finished, Idempotency, Json, Paging, PathParams, Reply, to_its_end};
use shared::ids;
use uuid::Uuid;

use super::model::{Activity, CreateThread, Thread, ThreadId, require_known};
use crate::error::ChatError;
use crate::state::State;

/// Threads of a page that are read at a time.
const CONCURRENCY: usize = 16;

/// Makes a thread. A direct thread is made once for each pair; asking again, from either side,
/// answers 200 with the thread that is there.
#[utoipa::path(post, path = "/threads", operation_id = "createThread", tag = "threads", request_body = CreateThread, responses(
    (status = 201, description = "Made", body = Envelope<Thread>),
    (status = 200, description = "The pair's direct thread was there", body = Envelope<Thread>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`, `INVALID_THREAD_TYPE`", body = shared::http::ErrorEnvelope),
    (status = 403, description = "`USER_BLOCKED`: one who is named blocks the caller, or of a pair either one; `FORBIDDEN`", body = shared::http::ErrorEnvelope),
))]
pub(crate) async fn create(
    Shared(state): Shared<State>,
    principal: Principal,
    headers: HeaderMap,
    idempotency: Idempotency,
    Json(request): Json<CreateThread>,
) -> Result<Reply<Thread>, ChatError> {
    let (tenant, creator) = (principal.tenant(), principal.user());
    let new = request.checked(creator)?;
    let pair = new.pair(creator);
    if let Some(pair) = pair
        && let Some(found) = state.threads.find_direct(tenant, pair).await?
    {
        return Ok(Reply::ok(state.threads.read(tenant, creator, found).await?));
    }
    if !new.others.is_empty() {
        let authorization = headers.get(AUTHORIZATION).ok_or(Error::Unauthorized)?;
        let others: Vec<_> = new.others.iter().copied().collect();
        let known = state.directory.members_of_tenant(authorization, &others).await?;
        require_known("memberIds", &request.member_ids.0, |id| *id == creator || known.contains(id))?;
        if pair.is_none() {
            state.blocks.require_none(tenant, &others, creator).await?;
        }
    }
    let now = state.clock().now();
    let thread = new.made(ThreadId(ids::at(now)), creator, now);
    let unblocked = |user, blocked| state.blocks.none(tenant, user, blocked);
    let transaction = state.threads.creation(tenant, &thread, pair, unblocked);
    let committing = state.clone();
    let finished = to_its_end(async move {
        let finished = idempotency.commit(transaction, Reply::created(thread)).await?;
        if let Finished::Reply(reply) = &finished
            && let Some(thread) = reply.fresh()
        {
            let members: Vec<_> = thread.members.iter().map(|member| member.user_id).collect();
            committing.sockets.join(&committing, tenant, &members, thread).await;
        }
        Ok::<_, Error>(finished)
    });
    match (finished.await??, pair) {
        (Finished::Reply(reply), _) => Ok(reply),
        (Finished::Refused(0), Some(pair)) => {
            let made_meanwhile = state.threads.find_direct(tenant, pair).await?.ok_or(Error::Conflict)?;
            Ok(Reply::ok(state.threads.read(tenant, creator, made_meanwhile).await?))
        }
        (Finished::Refused(_), Some(_)) => Err(ChatError::UserBlocked),
        (Finished::Refused(_), None) => Err(Error::Conflict.into()),
    }
}

/// The caller's threads, last activity first.
#[utoipa::path(get, path = "/threads", operation_id = "listThreads", tag = "threads", params(Paging), responses(
    (status = 200, body = Envelope<Vec<Thread>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = shared::http::ErrorEnvelope),
))]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<Thread>>, ChatError> {
    let tenant = principal.tenant();
    let pager = paging.open::<Activity>(state.platform.sealer(), &principal, "threads", &())?;
    let mut rest = state.threads.by_activity(tenant, principal.user()).await?;
    if let Some(last) = pager.start() {
        rest.retain(|(activity, _)| activity < last);
    }
    let more = rest.len() > pager.limit() as usize;
    rest.truncate(pager.limit() as usize);
    let next = rest.last().map(|(activity, _)| *activity).filter(|_| more);
    let threads: Vec<Option<Thread>> = stream::iter(rest)
        .map(|(_, membership)| state.threads.of_membership(tenant, membership))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let page = pager.page(next.as_ref())?;
    let threads = threads.into_iter().flatten().map(|thread| state.receipts.seen(tenant, principal.user(), thread));
    Ok(Reply::page(threads.collect(), page))
}

/// One of the caller's threads.
#[utoipa::path(get, path = "/threads/{id}", operation_id = "getThread", tag = "threads", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Envelope<Thread>),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = shared::http::ErrorEnvelope),
    (status = 404, description = "`THREAD_NOT_FOUND`", body = shared::http::ErrorEnvelope),
))]
pub(crate) async fn read(
    Shared(state): Shared<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Thread>, ChatError> {
    let (tenant, user) = (principal.tenant(), principal.user());
    let thread = state.threads.read(tenant, user, ThreadId(id)).await?;
    Ok(Reply::ok(state.receipts.seen(tenant, user, thread)))
}
