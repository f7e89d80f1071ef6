//! `GET /audit-log`, and `GET /tenants/{id}/audit-log` for the platform.

use axum::extract::State as Extract;
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{Principal, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Paging, PathParams, Query, Reply};
use shared::{Error, ids};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store::Span;
use super::{Act, ActResult, Details, Event, record_platform_use};
use crate::caller::Caller;
use crate::{AuthError, State};

/// How far back a list looks that names no beginning.
const USUAL_SPAN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest span of one list.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Events that are read at once.
const AT_ONCE: usize = 100;
/// Events that are looked at for one page; with a narrow filter a page may be short, and its cursor goes on.
const MOST_LOOKED_AT: usize = 1000;

/// Which events are wanted.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditFilter {
    /// Only what concerns this account.
    #[garde(skip)]
    user_id: Option<UserId>,
    /// Only what this account did.
    #[garde(skip)]
    actor_id: Option<UserId>,
    /// Only this.
    #[serde(rename = "type")]
    #[garde(skip)]
    #[param(rename = "type", inline)]
    act: Option<Act>,
    /// Only with this result.
    #[garde(skip)]
    #[param(inline)]
    result: Option<ActResult>,
    /// At this time or later; seven days ago if it is not given.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before this time; now if it is not given. At most 31 days after `from`.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

/// One line of the log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEventView {
    id: Uuid,
    #[serde(rename = "type")]
    act: Act,
    result: ActResult,
    /// Who did it; null for the platform itself and for identifiers that nobody has.
    actor_id: Option<UserId>,
    /// Whose account it concerns.
    user_id: Option<UserId>,
    /// From where; IPv6 by its /64.
    address: Option<String>,
    /// What the user agent calls itself.
    device: Option<String>,
    details: Details,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Lists what happened to the accounts of one's tenant, newest first. Kept for 400 days.
#[utoipa::path(
    get, path = "/audit-log", operation_id = "listAuditLog", tag = "audit", params(AuditFilter, Paging),
    responses(
        (status = 200, body = Envelope<Vec<AuditEventView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_audit_log(
    Extract(state): Extract<State>,
    principal: Principal,
    Query(filter): Query<AuditFilter>,
    paging: Paging,
) -> Result<Reply<Vec<AuditEventView>>, AuthError> {
    page(&state, &principal, principal.tenant(), &filter, paging).await
}

/// Lists the audit log of any tenant, the platform's own among them. Each use is in that log and in its own.
#[utoipa::path(
    get, path = "/tenants/{id}/audit-log", operation_id = "listTenantAuditLog", tag = "tenants",
    params(("id" = uuid::Uuid, Path), AuditFilter, Paging),
    responses(
        (status = 200, body = Envelope<Vec<AuditEventView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_tenant_audit_log(
    Extract(state): Extract<State>,
    caller: Caller,
    PathParams(tenant): PathParams<TenantId>,
    Query(filter): Query<AuditFilter>,
    paging: Paging,
) -> Result<Reply<Vec<AuditEventView>>, AuthError> {
    state.tenants.get(tenant).await?.ok_or(Error::NotFound)?;
    let reply = page(&state, &caller.principal, tenant, &filter, paging).await?;
    record_platform_use(&state, &caller, Act::AuditLogRead, [tenant], (None, &Details::default())).await?;
    Ok(reply)
}

async fn page(
    state: &State,
    principal: &Principal,
    tenant: TenantId,
    filter: &AuditFilter,
    paging: Paging,
) -> Result<Reply<Vec<AuditEventView>>, AuthError> {
    let pager = paging.open::<Uuid>(state.platform.sealer(), principal, "audit-log", &(tenant, filter))?;
    let mut span = filter.span(state.platform.clock().now(), pager.start().copied())?;
    let wanted = usize::try_from(pager.limit()).unwrap_or(usize::MAX);
    let (mut found, mut looked_at) = (Vec::new(), 0);
    let next = 'page: loop {
        let events = state.audit.newest(tenant, filter.user_id, span, AT_ONCE).await?;
        let (read, last) = (events.len(), events.last().map(|event| event.id));
        for event in events.into_iter().filter(|event| filter.fits(event)) {
            if found.len() == wanted {
                break 'page found.last().map(|last: &Event| last.id);
            }
            found.push(event);
        }
        looked_at += read;
        match last {
            Some(last) if read == AT_ONCE && looked_at < MOST_LOOKED_AT => span.high = last,
            Some(last) if read == AT_ONCE => break Some(last),
            _ => break None,
        }
    };
    let page = pager.page(next.as_ref())?;
    Ok(Reply::page(found.into_iter().map(AuditEventView::from).collect(), page))
}

impl AuditFilter {
    fn span(&self, now: Timestamp, before: Option<Uuid>) -> Result<Span, Error> {
        let to = self.to.unwrap_or(now + SignedDuration::from_secs(1));
        let wrong = || Error::field("from", "must be before `to`, by at most 31 days");
        let from = self.from.map_or_else(|| to.checked_sub(USUAL_SPAN).map_err(|_| wrong()), Ok)?;
        if from >= to || to.duration_since(from) > LONGEST_SPAN {
            return Err(wrong());
        }
        let high = ids::lowest_at(to);
        Ok(Span { low: ids::lowest_at(from), high: before.map_or(high, |before| before.min(high)) })
    }

    fn fits(&self, event: &Event) -> bool {
        self.act.is_none_or(|act| event.act == act)
            && self.result.is_none_or(|result| event.result == result)
            && self.actor_id.is_none_or(|actor| event.actor == Some(actor))
    }
}

impl From<Event> for AuditEventView {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            act: event.act,
            result: event.result,
            actor_id: event.actor,
            user_id: event.user,
            address: event.address,
            device: event.device,
            details: event.details,
            at: event.at,
        }
    }
}
