//! A message by its id, for its thread's members.

use std::time::Duration;

use axum::extract::State as Shared;
use shared::auth::{Principal, TenantId};
use shared::http::{Envelope, ErrorEnvelope, PathParams, Reply};
use shared::ids;
use uuid::Uuid;

use super::model::{Message, StoredMessage};
use crate::error::ChatError;
use crate::state::State;
use crate::threads::Standing;

/// How old a message is that every index knows, in milliseconds.
const SETTLED_MS: i64 = 10_000;
/// Pauses before the index of a younger one is asked again, in milliseconds.
const PAUSES_MS: [u64; 5] = [20, 50, 100, 300, 600];

/// One message of a thread that the caller takes part in.
#[utoipa::path(get, path = "/messages/{id}", operation_id = "getMessage", tag = "messages", params(("id" = Uuid, Path)), responses(
    (status = 200, body = Envelope<Message>),
    (status = 403, description = "`NOT_THREAD_MEMBER`, `FORBIDDEN`", body = ErrorEnvelope),
    (status = 404, description = "`MESSAGE_NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn show(
    Shared(state): Shared<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Message>, ChatError> {
    let (message, _) = find_for(&state, &principal, id).await?;
    Ok(Reply::ok(message.into()))
}

/// A message by its id, as it is now.
///
/// # Errors
/// [`ChatError::MessageNotFound`].
pub(super) async fn find(state: &State, tenant: TenantId, id: Uuid) -> Result<StoredMessage, ChatError> {
    let mut found = state.messages.of_id(tenant, id).await?;
    // The index is a moment late: one that has just been sent is looked for again.
    let age = ids::made_at_millis(&id).map(|made| state.clock().now().as_millisecond() - made);
    if age.is_some_and(|age| (0..SETTLED_MS).contains(&age)) {
        for pause in PAUSES_MS {
            if found.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
            found = state.messages.of_id(tenant, id).await?;
        }
    }
    let indexed = found.ok_or(ChatError::MessageNotFound)?;
    let now = state.messages.get(tenant, indexed.thread_id, indexed.seq).await?;
    now.ok_or(ChatError::MessageNotFound)
}

/// The same, and what the caller is in its thread.
///
/// # Errors
/// [`ChatError::MessageNotFound`], and [`ChatError::NotThreadMember`] for who takes no part in its thread.
pub(crate) async fn find_for(
    state: &State,
    principal: &Principal,
    id: Uuid,
) -> Result<(StoredMessage, Standing), ChatError> {
    let message = find(state, principal.tenant(), id).await?;
    let standing = state.threads.standing(principal.tenant(), principal.user(), message.thread_id).await?;
    standing.require_member()?;
    Ok((message, standing))
}
