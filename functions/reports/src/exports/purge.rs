//! Files that have expired go.

use axum::extract::State as Extract;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::SignedDuration;
use serde::Serialize;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, Reply};
use shared::jobs::QueueName;
use shared::store::Transaction;
use utoipa::ToSchema;

use super::cleaning::CleanUp;
use super::model::{Export, Which};
use crate::jobs::Job;
use crate::{ReportsError, State};

/// Days back that are looked at: after that the bucket has forgotten the files by itself.
const DAYS: i64 = 10;
/// Exports of one call.
const MOST: u32 = 500;
/// Transactions at a time.
const AT_ONCE: usize = 8;

/// What a purge has done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Purged {
    /// Exports that are gone with their files.
    purged: usize,
    /// Whether there may be more of them.
    more: bool,
}

/// Deletes the exports of all tenants whose files have expired, at most 500. A timer does so every hour. Each call is
/// logged.
#[utoipa::path(
    post, path = "/admin/purge-expired", operation_id = "purgeExpired", tag = "system",
    responses((status = 200, body = Envelope<Purged>))
)]
pub(crate) async fn purge_expired(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<Purged>, ReportsError> {
    tracing::info!(user.id = %principal.user(), "the platform deletes exports that have expired");
    Ok(Reply::ok(purge(&state).await?))
}

/// The same for the timer.
pub(crate) async fn purge(state: &State) -> Result<Purged, Error> {
    let now = state.platform.clock().now();
    let mut found: Vec<(Which, Export)> = Vec::new();
    for back in (0..=DAYS).rev() {
        let day = (now - SignedDuration::from_hours(24 * back)).strftime("%Y-%m-%d").to_string();
        let left = MOST.saturating_sub(u32::try_from(found.len()).unwrap_or(MOST));
        if left == 0 {
            break;
        }
        found.extend(state.exports.expired(&day, now, left).await?);
    }
    let more = u32::try_from(found.len()).is_ok_and(|found| found >= MOST);
    let deletes: Vec<_> = found.iter().map(|(which, export)| delete_with_files(state, *which, export)).collect();
    let gone: Vec<()> = stream::iter(deletes).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(Purged { purged: gone.len(), more })
}

/// Deletes an export and its files. Twice is once.
pub(crate) async fn delete_with_files(state: &State, which: Which, export: &Export) -> Result<(), Error> {
    let Some((_, work)) = state.exports.get_with_work(which).await? else { return Ok(()) };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.exports.delete(which));
    let due = CleanUp::due(export, state.platform.clock().now());
    let job = Job::CleanUp(CleanUp::everything(which.tenant, export, &work));
    state.platform.outbox().commit_with(transaction, (QueueName::Reports, which.tenant, due), &job).await
}
