//! `GET /metrics`

use axum::extract::State as Extract;
use garde::Validate;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SpanTotal, Unit};
use serde::Deserialize;
use shared::Error;
use shared::auth::{Principal, Role};
use shared::http::{Envelope, ErrorEnvelope, Query, Reply};
use utoipa::IntoParams;

use super::model::MetricsView;
use crate::{NotifyError, State};

/// Days of one answer.
const MOST_DAYS: i64 = 92;
/// Days of an answer whose beginning is not given.
const USUAL_DAYS: i64 = 29;

/// Which days are wanted.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Days {
    /// The first day, in UTC; 29 days before `to` if it is not given.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day, in UTC; today if it is not given.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

/// How many messages came to what, by channel, template and day: organizers see the tenant's, others their own.
#[utoipa::path(
    get, path = "/metrics", operation_id = "getMetrics", tag = "metrics", params(Days),
    responses(
        (status = 200, body = Envelope<MetricsView>),
        (status = 400, description = "VALIDATION_FAILED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_metrics(
    Extract(state): Extract<State>,
    principal: Principal,
    Query(days): Query<Days>,
) -> Result<Reply<MetricsView>, NotifyError> {
    let (tenant, user) = (principal.tenant(), principal.user());
    let to = days.to.unwrap_or_else(|| state.platform.clock().now().to_zoned(TimeZone::UTC).date());
    let from = days.from.unwrap_or_else(|| to.saturating_sub(jiff::Span::new().days(USUAL_DAYS)));
    let span = (to - from).total(SpanTotal::from(Unit::Day).days_are_24_hours()).unwrap_or(-1.0);
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    if !(0.0..MOST_DAYS as f64).contains(&span) {
        return Err(Error::field("from", "must be a day before `to` or the same, at most 92 days in all").into());
    }
    let counts = if principal.roles().include(Role::Organizer) {
        state.metrics.of_tenant(tenant, from, to).await?
    } else {
        state.metrics.of_user(tenant, user, from, to).await?
    };
    Ok(Reply::ok(MetricsView::new(from, to, &counts)))
}
