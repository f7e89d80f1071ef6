//! `/service-accounts`: the machines that call for one's tenant.

use axum::extract::State as Extract;
use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::auth::{Principal, Reach, Revocation, Role, Roles, UserId, sessions_valid_from};
use shared::http::{AtMost, Envelope, ErrorEnvelope, Finished, Idempotency, Json, Paging, PathParams, Reply};
use shared::store::{Position, Transaction};
use shared::{Error, ids};
use utoipa::ToSchema;

use super::ServiceAccount;
use super::model::{ServiceAccountSecret, ServiceAccountView, new_secret};
use crate::accounts::{assignable, plain_text};
use crate::audit::{Act, Event};
use crate::caller::Caller;
use crate::change::require_fresh;
use crate::{AuthError, State};

/// How often a service account may change meanwhile.
const ROUNDS: usize = 5;

/// A new service account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceAccount {
    /// What people call it.
    #[garde(length(chars, min = 1, max = 80), custom(plain_text))]
    name: String,
    /// One to five different roles; never `system`.
    #[garde(custom(assignable))]
    #[schema(value_type = Vec<Role>, min_items = 1, max_items = 5)]
    roles: AtMost<Role, 5>,
}

/// What to change. A field that is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountChange {
    /// What people call it.
    #[garde(inner(length(chars, min = 1, max = 80), custom(plain_text)))]
    name: Option<String>,
    /// One to five different roles; never `system`. Ends its tokens within 30 s.
    #[garde(inner(custom(assignable)))]
    #[schema(value_type = Option<Vec<Role>>, min_items = 1, max_items = 5)]
    roles: Option<AtMost<Role, 5>>,
}

/// That it is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// Always true.
    deleted: bool,
}

/// Lists the service accounts of one's tenant, oldest first.
#[utoipa::path(
    get, path = "/service-accounts", operation_id = "listServiceAccounts", tag = "service accounts", params(Paging),
    responses(
        (status = 200, body = Envelope<Vec<ServiceAccountView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_service_accounts(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<ServiceAccountView>>, AuthError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "service-accounts", &())?;
    let rows = state.service_accounts.page(principal.tenant(), pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.iter().map(ServiceAccount::view).collect(), page))
}

/// One service account of one's tenant.
#[utoipa::path(
    get, path = "/service-accounts/{id}", operation_id = "getServiceAccount", tag = "service accounts",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Envelope<ServiceAccountView>))
)]
pub(crate) async fn get_service_account(
    Extract(state): Extract<State>,
    principal: Principal,
    PathParams(id): PathParams<UserId>,
) -> Result<Reply<ServiceAccountView>, AuthError> {
    let found = state.service_accounts.get(principal.tenant(), id).await?;
    Ok(Reply::ok(found.ok_or(Error::NotFound)?.view()))
}

/// Makes a service account. Its secret is shown this once. Needs a fresh sign-in, so no machine makes another one.
#[utoipa::path(
    post, path = "/service-accounts", operation_id = "createServiceAccount", tag = "service accounts",
    request_body = NewServiceAccount,
    responses(
        (status = 201, body = Envelope<ServiceAccountSecret>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn create_service_account(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<NewServiceAccount>,
) -> Result<Reply<ServiceAccountSecret>, AuthError> {
    require_fresh(&state, &caller).await?;
    let now = state.platform.clock().now();
    let (secret, secret_digest) = new_secret()?;
    let account = ServiceAccount {
        id: UserId(ids::at(now)),
        tenant_id: caller.principal.tenant(),
        name: request.name,
        roles: Roles(request.roles.0),
        secret_digest,
        tokens_valid_from: now,
        version: 1,
        created_at: now,
        rotated_at: now,
    };
    let transaction = Transaction::new(state.platform.store())
        .with(state.service_accounts.create(&account))
        .with(state.audit.record(&event(&caller, Act::ServiceAccountCreated, &account, now)));
    match idempotency.commit_unkept(transaction, Reply::created(account.with_secret(secret))).await? {
        Finished::Reply(reply) => Ok(reply),
        Finished::Refused(_) => Err(Error::internal("a new service account's id was taken").into()),
    }
}

/// Changes name or roles of a service account. To make it an admin needs a fresh sign-in.
#[utoipa::path(
    patch, path = "/service-accounts/{id}", operation_id = "updateServiceAccount", tag = "service accounts",
    request_body = ServiceAccountChange, params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ServiceAccountView>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
    )
)]
pub(crate) async fn update_service_account(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<UserId>,
    Json(request): Json<ServiceAccountChange>,
) -> Result<Reply<ServiceAccountView>, AuthError> {
    if request.roles.as_ref().is_some_and(|AtMost(roles)| roles.contains(&Role::Admin)) {
        require_fresh(&state, &caller).await?;
    }
    for _ in 0..ROUNDS {
        let found = state.service_accounts.get(caller.principal.tenant(), id).await?;
        let mut account = found.ok_or(Error::NotFound)?;
        account.name = request.name.clone().unwrap_or(account.name);
        let roles = request.roles.clone().map_or_else(|| account.roles.clone(), |roles| Roles(roles.0));
        let ends_tokens = roles != account.roles;
        account.roles = roles;
        let writes = Writes::new(&state, &caller, Act::ServiceAccountChanged, &mut account, ends_tokens);
        let finished = idempotency.commit(writes.transaction, Reply::ok(account.view())).await?;
        if let Finished::Reply(reply) = finished {
            if let Some(revocation) = writes.revocation {
                state.platform.authenticator().revocations().note(revocation);
            }
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the service account keeps changing").into())
}

/// Gives a service account a new secret, shown this once. The old one and its tokens end. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/service-accounts/{id}/rotate-secret", operation_id = "rotateServiceAccountSecret",
    tag = "service accounts", params(("id" = uuid::Uuid, Path)),
    responses(
        (status = 200, body = Envelope<ServiceAccountSecret>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn rotate_service_account_secret(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<UserId>,
) -> Result<Reply<ServiceAccountSecret>, AuthError> {
    require_fresh(&state, &caller).await?;
    let (secret, digest) = new_secret()?;
    for _ in 0..ROUNDS {
        let found = state.service_accounts.get(caller.principal.tenant(), id).await?;
        let mut account = found.ok_or(Error::NotFound)?;
        account.secret_digest.clone_from(&digest);
        account.rotated_at = state.platform.clock().now();
        let writes = Writes::new(&state, &caller, Act::ServiceAccountRotated, &mut account, true);
        let reply = Reply::ok(account.with_secret(secret.clone()));
        if let Finished::Reply(reply) = idempotency.commit_unkept(writes.transaction, reply).await? {
            if let Some(revocation) = writes.revocation {
                state.platform.authenticator().revocations().note(revocation);
            }
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the service account keeps changing").into())
}

/// Deletes a service account. Its tokens end within 30 s.
#[utoipa::path(
    delete, path = "/service-accounts/{id}", operation_id = "deleteServiceAccount", tag = "service accounts",
    params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Envelope<Deleted>))
)]
pub(crate) async fn delete_service_account(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<UserId>,
) -> Result<Reply<Deleted>, AuthError> {
    let tenant = caller.principal.tenant();
    let account = state.service_accounts.get(tenant, id).await?.ok_or(Error::NotFound)?;
    let now = state.platform.clock().now();
    let revocations = state.platform.authenticator().revocations();
    let revocation = Revocation::new(id.0, Reach::Sessions, now);
    let transaction = Transaction::new(state.platform.store())
        .with(state.service_accounts.delete(tenant, id))
        .with(revocations.revoke(&revocation))
        .with(state.audit.record(&event(&caller, Act::ServiceAccountDeleted, &account, now)));
    let finished = idempotency.commit(transaction, Reply::ok(Deleted { deleted: true })).await?;
    let reply = finished.reply_or(AuthError::from(Error::NotFound))?;
    revocations.note(revocation);
    Ok(reply)
}

/// The writes of a change.
struct Writes {
    transaction: Transaction,
    revocation: Option<Revocation>,
}

impl Writes {
    /// Those that store `account`; with `ends_tokens` what it got before, it cannot use any more.
    fn new(state: &State, caller: &Caller, act: Act, account: &mut ServiceAccount, ends_tokens: bool) -> Self {
        let now = state.platform.clock().now();
        let revocation = ends_tokens.then(|| Revocation::new(account.id.0, Reach::Sessions, now));
        let mut transaction = Transaction::new(state.platform.store());
        if let Some(revocation) = &revocation {
            account.tokens_valid_from = sessions_valid_from(now);
            transaction.add(state.platform.authenticator().revocations().revoke(revocation));
        }
        transaction.add(state.service_accounts.save(account));
        transaction.add(state.audit.record(&event(caller, act, account, now)));
        Self { transaction, revocation }
    }
}

fn event(caller: &Caller, act: Act, account: &ServiceAccount, now: jiff::Timestamp) -> Event {
    let event = Event::new(account.tenant_id, act, now).by(caller.principal.user(), &caller.device);
    event.with(|details| {
        details.subject = Some(account.id.to_string());
        details.roles = Some(account.roles.clone());
    })
}
