//! `GET /moderation/audit-log`

use axum::extract::State as Shared;
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
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
    fn span(&self, now: Timestamp) -> Result<(Uuid, Uuid), Error> {
        let from = self.from.unwrap_or(Timestamp::UNIX_EPOCH);
        // Another node's clock may be ahead.
        let to = self.to.unwrap_or(now + SignedDuration::from_hours(1));
        if from >= to {
            return Err(Error::field("from", "must be before `to`"));
        }
        Ok((ids::lowest_at(from), Uuid::from_u128(ids::lowest_at(to).as_u128().saturating_sub(1))))
    }

    fn fits(&self, event: &Event) -> bool {
        self.user_id.is_none_or(|user| event.user_id == Some(user))
            && self.actor_id.is_none_or(|actor| event.actor_id == actor)
            && self.act.is_none_or(|act| event.act == act)
    }
}

/// Who kept order in the tenant's threads, and how, newest first. Kept for 400 days. With a filter by user or type a page
/// may have fewer than `limit`, or none, and still go on.
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
    let (tenant, span) = (principal.tenant(), filter.span(state.clock().now())?);
    let rows = state.audit.page(tenant, filter.thread_id, span, pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().filter(|event| filter.fits(event)).collect(), page))
}
