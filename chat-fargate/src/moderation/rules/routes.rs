//! `/moderation/rules`

use axum::extract::State as Shared;
use shared::Error;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, PathParams, Reply};
use shared::ids;
use shared::store::Transaction;
use uuid::Uuid;

use super::model::{ContentRule, PutRule};
use crate::error::ChatError;
use crate::moderation::audit::{Act, Event};
use crate::state::State;

/// Makes a rule about words in the tenant's messages, new and edited. It holds within 10 s, for everybody; of what was said
/// before nothing changes.
#[utoipa::path(post, path = "/moderation/rules", operation_id = "createRule", tag = "moderation", request_body = PutRule, responses(
    (status = 201, body = Envelope<ContentRule>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 409, description = "`CONFLICT`: the tenant has 20 rules", body = ErrorEnvelope),
))]
pub(crate) async fn create(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(request): Json<PutRule>,
) -> Result<Reply<ContentRule>, ChatError> {
    let (tenant, now) = (principal.tenant(), state.clock().now());
    let rule = request.into_rule(ids::at(now), principal.user(), now);
    let mut transaction = recorded(&state, &principal, Act::RuleCreated, &rule);
    transaction.extend(state.rules.store.create(tenant, &rule));
    let reply = idempotency.commit(transaction, Reply::created(rule)).await?.reply_or(Error::Conflict.into());
    state.rules.changed(tenant);
    reply
}

/// The tenant's rules about words, 20 at most, oldest first.
#[utoipa::path(get, path = "/moderation/rules", operation_id = "listRules", tag = "moderation", responses(
    (status = 200, body = Envelope<Vec<ContentRule>>),
))]
pub(crate) async fn list(
    Shared(state): Shared<State>,
    principal: Principal,
) -> Result<Reply<Vec<ContentRule>>, ChatError> {
    Ok(Reply::ok(state.rules.store.all(principal.tenant()).await?))
}

/// Has a rule be another one. It holds within 10 s.
#[utoipa::path(put, path = "/moderation/rules/{id}", operation_id = "replaceRule", tag = "moderation", params(("id" = Uuid, Path)), request_body = PutRule, responses(
    (status = 200, body = Envelope<ContentRule>),
    (status = 400, description = "`VALIDATION_FAILED`, `INVALID_JSON`", body = ErrorEnvelope),
    (status = 404, description = "`NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn replace(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
    Json(request): Json<PutRule>,
) -> Result<Reply<ContentRule>, ChatError> {
    let tenant = principal.tenant();
    let rule = request.into_rule(id, principal.user(), state.clock().now());
    let mut transaction = recorded(&state, &principal, Act::RuleChanged, &rule);
    transaction.extend(state.rules.store.replace(tenant, &rule));
    let reply = idempotency.commit(transaction, Reply::ok(rule)).await?.reply_or(Error::NotFound.into());
    state.rules.changed(tenant);
    reply
}

/// Takes a rule away.
#[utoipa::path(delete, path = "/moderation/rules/{id}", operation_id = "deleteRule", tag = "moderation", params(("id" = Uuid, Path)), responses(
    (status = 200, description = "The rule that is gone", body = Envelope<ContentRule>),
    (status = 404, description = "`NOT_FOUND`", body = ErrorEnvelope),
))]
pub(crate) async fn remove(
    Shared(state): Shared<State>,
    principal: Principal,
    idempotency: Idempotency,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ContentRule>, ChatError> {
    let tenant = principal.tenant();
    let rule = state.rules.store.get(tenant, id).await?.ok_or(Error::NotFound)?;
    let mut transaction = recorded(&state, &principal, Act::RuleDeleted, &rule);
    transaction.extend(state.rules.store.delete(tenant, id));
    let reply = idempotency.commit(transaction, Reply::ok(rule)).await?.reply_or(Error::NotFound.into());
    state.rules.changed(tenant);
    reply
}

/// A transaction with the line of the log that tells of it.
fn recorded(state: &State, principal: &Principal, act: Act, rule: &ContentRule) -> Transaction {
    let event = Event::new(act, principal.user(), state.clock().now()).of(rule.id).with_rule(rule.into());
    Transaction::new(state.platform.store()).with(state.audit.record(principal.tenant(), &event))
}
