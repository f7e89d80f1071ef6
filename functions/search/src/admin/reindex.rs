//! `POST /admin/reindex`

use axum::extract::State as Extract;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Reply};
use shared::store::Transaction;
use shared::{Error, ids};

use crate::documents::Accepted;
use crate::index::Which;
use crate::indexing::wake;
use crate::tasks::{Task, TaskKind, TaskStatus};
use crate::{SearchError, State};

/// Makes the index anew from the stored documents. Searches see the old one until the new one is whole.
#[utoipa::path(
    post, path = "/admin/reindex", operation_id = "reindex", tag = "admin",
    responses(
        (status = 202, body = Envelope<Accepted>),
        (status = 409, description = "CONFLICT: it is being made anew already", body = ErrorEnvelope),
    )
)]
pub(crate) async fn reindex(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
) -> Result<Reply<Accepted>, SearchError> {
    let (tenant, clock) = (principal.tenant(), state.platform.clock());
    let known = state.manifests.get(tenant, Which::Live).await?.map_or(0, |live| live.documents());
    let task = Task::new(ids::new(clock), TaskKind::Reindex, known, clock.now());
    let mut transaction = Transaction::new(state.platform.store())
        .with(state.reindexing.begin(tenant, task.id))
        .with(state.tasks.create(tenant, &task));
    let entries = wake(&state, &mut transaction, tenant, None)?;
    let reply = Reply::accepted(Accepted { task_id: task.id, status: TaskStatus::Queued });
    match idempotency.commit(transaction, reply).await? {
        Finished::Reply(reply) => {
            reply.send(state.platform.outbox(), entries).await;
            Ok(reply)
        }
        Finished::Refused(_) => Err(Error::Conflict.into()),
    }
}
