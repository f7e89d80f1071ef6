//! `POST /profile/export`: asks every service for what it knows of one's account.

use axum::extract::State as Extract;
use shared::exports::Exporting;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Reply};
use shared::jobs::{self, ExportUser, QueueName};
use shared::{Error, ids};

use super::model::{Export, ExportView};
use crate::attempts::EXPORTS;
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Change, Whose, change, require_fresh};
use crate::jobs::Job;
use crate::{AuthError, State};

/// Has every service put together what it knows of one's own account, in all tenants. When the last one has, the owner
/// is mailed; the files can be fetched for seven days. While one export is made, there is no other one. Needs a fresh
/// sign-in.
#[utoipa::path(
    post, path = "/profile/export", operation_id = "exportProfile", tag = "profile",
    responses(
        (status = 202, body = Envelope<ExportView>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "CONFLICT: the one that was made has just ended; IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn export_profile(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
) -> Result<Reply<ExportView>, AuthError> {
    require_fresh(&state, &caller).await?;
    let user = caller.principal.user();
    state.attempts.admit(EXPORTS, &user.to_string()).await?;
    match change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), begin).await {
        // There is one that is not complete yet.
        Err(AuthError::Common(Error::Conflict)) => {
            let export = state.exports.get(user).await?.ok_or(Error::Conflict)?;
            Ok(Reply::accepted(export.view(state.platform.clock().now())))
        }
        begun => begun,
    }
}

fn begin(change: &mut Change<'_>) -> Result<Reply<ExportView>, AuthError> {
    change.require_fresh()?;
    let (id, now) = (ids::at(change.now), change.now);
    let wanted = ExportUser { export_id: id, user_id: change.account.id, tenants: change.account.known_in() };
    let asked = change.tell_services(&jobs::Job::ExportUser(wanted.clone()))?;
    change.enqueue(QueueName::Auth, &Job::ExportAccount(Exporting::new(wanted)))?;
    let services = std::iter::once("auth".to_owned()).chain(asked).collect();
    let export = Export::new(id, change.account.id, services, now);
    change.guard(change.state.exports.begin(&export), Error::Conflict.into());
    change.record(Act::ExportRequested, |_| {});
    Ok(Reply::accepted(export.view(now)))
}
