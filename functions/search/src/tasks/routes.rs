//! `GET /tasks/{id}`

use axum::extract::State as Extract;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, PathParams, Reply};
use uuid::Uuid;

use super::model::Task;
use crate::{SearchError, State};

/// How far a write is. `done` means that it can be found; a search with its id in `x-search-after` waits for that. Tasks
/// can be asked for during 30 days.
#[utoipa::path(
    get, path = "/tasks/{id}", operation_id = "getTask", tag = "documents", params(("id" = Uuid, Path)),
    responses((status = 200, body = Envelope<Task>))
)]
pub(crate) async fn get_task(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<Task>, SearchError> {
    let task = state.tasks.get(principal.tenant(), id).await?.ok_or(Error::NotFound)?;
    Ok(Reply::ok(task))
}
