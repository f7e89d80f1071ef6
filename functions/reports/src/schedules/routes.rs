//! `/schedules`

use axum::extract::State as Extract;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::Transaction;
use shared::{Error, ids};
use uuid::Uuid;

use super::model::{Run, RunView, SaveSchedule, Schedule, ScheduleView};
use crate::exports::Format;
use crate::{ReportsError, State, pages};

/// One of the tenant's.
pub(super) async fn found(state: &State, principal: &Principal, id: Uuid) -> Result<Schedule, ReportsError> {
    state.schedules.get(principal.tenant(), id).await?.ok_or(ReportsError::ScheduleNotFound)
}

/// Whether it can be carried out for the caller; the addresses of its webhooks.
async fn check(
    state: &State,
    principal: &Principal,
    wanted: &SaveSchedule,
) -> Result<Vec<(Uuid, String)>, ReportsError> {
    Format::named(&wanted.format).ok_or(ReportsError::InvalidFormat)?;
    let head = state.templates.head(principal.tenant(), wanted.template_id).await?;
    let head = head.filter(|head| head.is_visible_to(principal)).ok_or(ReportsError::TemplateNotFound)?;
    if head.archived_at.is_some() {
        return Err(ReportsError::TemplateArchived);
    }
    let urls = state.webhooks.urls(principal.tenant(), &wanted.webhooks.0).await?;
    urls.ok_or(ReportsError::WebhookNotFound)
}

/// Makes a schedule; a tenant has at most 50. Its reports are the caller's exports, with the rows that he may see now.
#[utoipa::path(
    post, path = "/schedules", operation_id = "createSchedule", tag = "schedules", request_body = SaveSchedule,
    responses(
        (status = 201, body = Envelope<ScheduleView>),
        (status = 400, description = "INVALID_CRON, INVALID_FORMAT", body = ErrorEnvelope),
        (status = 404, description = "TEMPLATE_NOT_FOUND, WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "TEMPLATE_ARCHIVED", body = ErrorEnvelope),
        (status = 429, description = "QUOTA_EXCEEDED: the tenant has 50", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_schedule(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(wanted): Json<SaveSchedule>,
) -> Result<Reply<ScheduleView>, ReportsError> {
    let now = state.platform.clock().now();
    let next = wanted.calendar(now)?.after(now);
    let webhook_urls = check(&state, &principal, &wanted).await?;
    let schedule = Schedule {
        id: ids::new(state.platform.clock()),
        wanted,
        owner: principal.user(),
        roles: principal.roles().clone(),
        plan: principal.plan(),
        webhook_urls,
        next,
        paused: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut transaction = Transaction::new(state.platform.store());
    transaction.extend(state.schedules.create(principal.tenant(), &schedule));
    match idempotency.commit(transaction, Reply::created(schedule.view(now))).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(ReportsError::QuotaExceeded),
    }
}

/// Lists the tenant's schedules, the oldest first.
#[utoipa::path(
    get, path = "/schedules", operation_id = "listSchedules", tag = "schedules", params(Paging),
    responses((status = 200, body = Envelope<Vec<ScheduleView>>))
)]
pub(crate) async fn list_schedules(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<ScheduleView>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "schedules", &())?;
    let now = state.platform.clock().now();
    let (page, next) = pages::slice(state.schedules.all(principal.tenant()).await?, &pager);
    let page = page.into_iter().map(|schedule| schedule.view(now)).collect();
    Ok(Reply::page(page, pager.page(next.as_ref())?))
}

/// Shows a schedule, and when it is due next.
#[utoipa::path(
    get, path = "/schedules/{id}", operation_id = "getSchedule", tag = "schedules", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ScheduleView>),
        (status = 404, description = "SCHEDULE_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn get_schedule(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ScheduleView>, ReportsError> {
    Ok(Reply::ok(found(&state, &principal, id).await?.view(state.platform.clock().now())))
}

/// Replaces a schedule; it is the caller's from now on. Times that have passed are not made up for.
#[utoipa::path(
    put, path = "/schedules/{id}", operation_id = "putSchedule", tag = "schedules", params(("id" = Uuid, Path)),
    request_body = SaveSchedule,
    responses(
        (status = 200, body = Envelope<ScheduleView>),
        (status = 400, description = "INVALID_CRON, INVALID_FORMAT", body = ErrorEnvelope),
        (status = 404, description = "SCHEDULE_NOT_FOUND, TEMPLATE_NOT_FOUND, WEBHOOK_NOT_FOUND", body = ErrorEnvelope),
        (status = 409, description = "TEMPLATE_ARCHIVED; CONFLICT: it has changed meanwhile", body = ErrorEnvelope),
    )
)]
pub(crate) async fn put_schedule(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(wanted): Json<SaveSchedule>,
) -> Result<Reply<ScheduleView>, ReportsError> {
    let now = state.platform.clock().now();
    let before = found(&state, &principal, id).await?;
    let next = wanted.calendar(now)?.after(now).filter(|_| !before.paused);
    let webhook_urls = check(&state, &principal, &wanted).await?;
    let after = Schedule {
        wanted,
        owner: principal.user(),
        roles: principal.roles().clone(),
        plan: principal.plan(),
        webhook_urls,
        next,
        version: before.version + 1,
        updated_at: now,
        ..before
    };
    let replace = state.schedules.replace(principal.tenant(), &after);
    let transaction = Transaction::new(state.platform.store()).with(replace);
    idempotency.commit(transaction, Reply::ok(after.view(now))).await?.reply_or(Error::Conflict.into())
}

/// Lists the runs of a schedule, the newest first.
#[utoipa::path(
    get, path = "/schedules/{id}/runs", operation_id = "listRuns", tag = "schedules",
    params(("id" = Uuid, Path), Paging),
    responses(
        (status = 200, body = Envelope<Vec<RunView>>),
        (status = 404, description = "SCHEDULE_NOT_FOUND", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_runs(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<Uuid>,
    paging: Paging,
) -> Result<Reply<Vec<RunView>>, ReportsError> {
    let pager = paging.open(state.platform.sealer(), &principal, "runs", &id)?;
    found(&state, &principal, id).await?;
    let rows = state.schedules.page_of_runs(principal.tenant(), id, pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().map(Run::view).collect(), page))
}
