//! `GET /moderation/audit-log`

use axum::extract::State as Shared;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Principal, UserId};
use shared::http::{Envelope, ErrorEnvelope, Paging, Query, Reply};
use shared::store::Position;
use shared::{Error, ids};
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{Act, Event};
use crate::error::ChatError;
use crate::state::State;
use crate::threads::ThreadId;

/// Which events are wanted.
#[derive(Debug, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
#[garde(allow_unvalidated)]
pub(crate) struct AuditFilter {
    /// Only what was done in this thread.
    #[param(value_type = Option<Uuid>)]
    thread_id: Option<ThreadId>,
    /// Only what concerns this user.
    user_id: Option<UserId>,
    /// Only what this user did.
    actor_id: Option<UserId>,
    /// Only this.
    #[serde(rename = "type")]
    #[param(rename = "type", inline)]
    act: Option<Act>,
    /// At this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

impl AuditFilter {
    /// The ids of events in its time.
    fn span(&self) -> Result<(Uuid, Uuid), Error> {
        if self.from.is_some_and(|from| self.to.is_some_and(|to| from >= to)) {
            return Err(Error::field("from", "must be before `to`"));
        }
        let high = self.to.map_or(Uuid::max(), |to| Uuid::from_u128(ids::lowest_at(to).as_u128() - 1));
        Ok((self.from.map_or(Uuid::nil(), ids::lowest_at), high))
    }

    /// Whether `reader` wants an event, and may see it: nobody learns here who has reported or blocked him.
    fn fits(&self, event: &Event, reader: UserId) -> bool {
        let about_reader = event.user_id == Some(reader)
            && matches!(event.act, Act::MessageReported | Act::ReportResolved | Act::UserBlocked | Act::UserUnblocked);
        !about_reader
            && self.user_id.is_none_or(|user| event.user_id == Some(user))
            && self.actor_id.is_none_or(|actor| event.actor_id == actor)
            && self.act.is_none_or(|act| event.act == act)
    }
}

/// Who kept order in the tenant's threads, and how, newest first; but not who has reported or blocked oneself. Kept for 400
/// days. A page may have fewer than `limit`, or none, and still go on.
#[utoipa::path(get, path = "/moderation/audit-log", operation_id = "listModerationAuditLog", tag = "moderation", params(AuditFilter, Paging), responses(
    (status = 200, body = Envelope<Vec<Event>>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_CURSOR`", body = ErrorEnvelope),
))]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    principal: Principal,
    Query(filter): Query<AuditFilter>,
    paging: Paging,
) -> Result<Reply<Vec<Event>>, ChatError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "moderation-audit-log", &filter)?;
    let ((low, high), reader) = (filter.span()?, principal.user());
    if low > high {
        return Ok(Reply::page(Vec::new(), pager.page(None)?));
    }
    let (tenant, start) = (principal.tenant(), pager.start().cloned());
    let rows = state.audit.page(tenant, filter.thread_id, (low, high), pager.limit(), start).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().filter(|event| filter.fits(event, reader)).collect(), page))
}
