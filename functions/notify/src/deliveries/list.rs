//! `GET /deliveries` and `GET /deliveries/{id}`

use axum::extract::State as Extract;
use futures_util::{StreamExt, TryStreamExt, stream};
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::auth::{Principal, Role, TenantId, UserId};
use shared::http::{Envelope, ErrorEnvelope, Paging, PathParams, Query, Reply};
use shared::store::Key;
use shared::{Error, ids};
use utoipa::IntoParams;
use uuid::Uuid;

use super::model::{Delivery, DeliveryDetail, DeliverySummary, Status};
use super::store::{Deliveries, SHARDS, month, tenant_partition, user_partition};
use crate::kinds::Channel;
use crate::{NotifyError, State};

/// How far back a list looks that names no beginning.
const USUAL_SPAN: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The longest span of one list.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Rows that are looked at for one page; with a narrow filter a page may be short, and its cursor goes on.
const MOST_LOOKED_AT: usize = 1000;
/// Rows that are read at once.
const AT_ONCE: usize = 100;

/// Which deliveries are wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryFilter {
    /// Only with this status.
    #[garde(skip)]
    #[param(inline)]
    status: Option<Status>,
    /// Only by this channel.
    #[garde(skip)]
    #[param(inline)]
    channel: Option<Channel>,
    /// Only to this member.
    #[garde(skip)]
    user_id: Option<UserId>,
    /// Only made with this template.
    #[garde(skip)]
    template: Option<Uuid>,
    /// Accepted at this time or later; 90 days ago if it is not given.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Accepted before this time; now if it is not given. At most 400 days after `from`.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

/// Ids from `low` to below `high`.
#[derive(Clone, Copy, Debug)]
struct Span {
    low: Uuid,
    high: Uuid,
}

/// Lists deliveries, newest first: organizers see the tenant's, others their own.
#[utoipa::path(
    get, path = "/deliveries", operation_id = "listDeliveries", tag = "deliveries", params(DeliveryFilter, Paging),
    responses(
        (status = 200, body = Envelope<Vec<DeliverySummary>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_deliveries(
    Extract(state): Extract<State>,
    principal: Principal,
    Query(filter): Query<DeliveryFilter>,
    paging: Paging,
) -> Result<Reply<Vec<DeliverySummary>>, NotifyError> {
    let pager = paging.open::<Uuid>(state.platform.sealer(), &principal, "deliveries", &filter)?;
    let user = if principal.roles().include(Role::Organizer) {
        filter.user_id
    } else if filter.user_id.is_none_or(|user| user == principal.user()) {
        Some(principal.user())
    } else {
        return Ok(Reply::page(Vec::new(), pager.page(None)?));
    };
    let span = filter.span(state.platform.clock().now(), pager.start().copied())?;
    let wanted = usize::try_from(pager.limit()).unwrap_or(usize::MAX);
    let (found, next) = state.deliveries.page(principal.tenant(), user, span, &filter, wanted).await?;
    Ok(Reply::page(found.iter().map(Delivery::summary).collect(), pager.page(next.as_ref())?))
}

/// One delivery, with all that happened to it: organizers see the tenant's, others their own.
#[utoipa::path(
    get, path = "/deliveries/{id}", operation_id = "getDelivery", tag = "deliveries", params(("id" = Uuid, Path)),
    responses((status = 200, body = Envelope<DeliveryDetail>))
)]
pub(crate) async fn get_delivery(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<DeliveryDetail>, NotifyError> {
    let found = state.deliveries.get(principal.tenant(), id).await?;
    let of_tenant = principal.roles().include(Role::Organizer);
    let visible = |delivery: &Delivery| of_tenant || delivery.recipient.user() == Some(principal.user());
    Ok(Reply::ok(found.filter(visible).ok_or(Error::NotFound)?.detail()))
}

impl DeliveryFilter {
    fn span(&self, now: Timestamp, before: Option<Uuid>) -> Result<Span, Error> {
        let to = self.to.unwrap_or(now + SignedDuration::from_secs(1));
        let wrong = || Error::field("from", "must be before `to`, by at most 400 days");
        let from = self.from.map_or_else(|| to.checked_sub(USUAL_SPAN).map_err(|_| wrong()), Ok)?;
        if from >= to || to.duration_since(from) > LONGEST_SPAN {
            return Err(wrong());
        }
        let high = ids::lowest_at(to);
        Ok(Span { low: ids::lowest_at(from), high: before.map_or(high, |before| before.min(high)) })
    }

    fn fits(&self, delivery: &Delivery) -> bool {
        self.status.is_none_or(|status| delivery.state.status() == status)
            && self.channel.is_none_or(|channel| delivery.channel == channel)
            && self.template.is_none_or(|id| delivery.template.is_some_and(|template| template.id == id))
    }
}

impl Deliveries {
    /// One page, newest first, and where the next one starts.
    async fn page(
        &self,
        tenant: TenantId,
        user: Option<UserId>,
        span: Span,
        filter: &DeliveryFilter,
        wanted: usize,
    ) -> Result<(Vec<Delivery>, Option<Uuid>), Error> {
        let (mut found, mut looked_at, mut high) = (Vec::new(), 0, span.high);
        loop {
            let ids = match user {
                Some(user) => self.ids("gsi2", &user_partition(tenant, user), Span { high, ..span }).await?,
                None => self.tenant_ids(tenant, Span { high, ..span }).await?,
            };
            for delivery in self.get_all(tenant, &ids).await? {
                if filter.fits(&delivery) {
                    if found.len() == wanted {
                        let last = found.last().map(|last: &Delivery| last.id);
                        return Ok((found, last));
                    }
                    found.push(delivery);
                }
            }
            looked_at += ids.len();
            match ids.last() {
                Some(last) if ids.len() == AT_ONCE && looked_at < MOST_LOOKED_AT => high = *last,
                Some(last) if ids.len() == AT_ONCE => return Ok((found, Some(*last))),
                _ => return Ok((found, None)),
            }
        }
    }

    /// The newest ids of the tenant's list: month by month, its shards merged.
    async fn tenant_ids(&self, tenant: TenantId, span: Span) -> Result<Vec<Uuid>, Error> {
        let mut newest = Vec::new();
        for month in months(span) {
            let shards = (0..SHARDS).map(|shard| tenant_partition(tenant, &month, shard));
            let reads: Vec<_> = shards.map(|pk| async move { self.ids("gsi1", &pk, span).await }).collect();
            let shards: Vec<Vec<Uuid>> = stream::iter(reads).buffered(8).try_collect().await?;
            let mut merged: Vec<Uuid> = shards.into_iter().flatten().collect();
            merged.sort_unstable_by(|a, b| b.cmp(a));
            newest.append(&mut merged);
            if newest.len() >= AT_ONCE {
                newest.truncate(AT_ONCE);
                break;
            }
        }
        Ok(newest)
    }

    /// The newest ids of one partition of an index.
    async fn ids(&self, index: &'static str, pk: &str, span: Span) -> Result<Vec<Uuid>, Error> {
        if span.low >= span.high {
            return Ok(Vec::new());
        }
        let last = Uuid::from_u128(span.high.as_u128() - 1);
        let query = self.table.query(pk).index(index).between(span.low.to_string(), last.to_string()).backwards(true);
        let rows = query.limit(u32::try_from(AT_ONCE).unwrap_or(100)).page::<Key>().await?;
        let id = |key: &Key| key.pk.rsplit('#').next().and_then(|id| id.parse().ok());
        rows.items.iter().map(|key| id(key).ok_or_else(|| Error::internal("an index names no delivery"))).collect()
    }
}

/// The months that a span of ids touches, newest first.
fn months(span: Span) -> Vec<String> {
    let time = |id: &Uuid| ids::made_at_millis(id).and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let (Some(from), Some(to)) = (time(&span.low), time(&span.high)) else {
        return Vec::new();
    };
    let mut names = vec![month(to)];
    let mut at = to;
    while at > from {
        at = (at - SignedDuration::from_hours(24)).max(from);
        let name = month(at);
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    names
}
