//! `POST /users/invite`, and `POST /tenants/{id}/invitations` for the platform: mails a link that makes somebody a
//! member.

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Role, Roles, SYSTEM_TENANT, TenantId, UserId};
use shared::http::rules::{email_address, language_tag};
use shared::http::{AtMost, Envelope, ErrorEnvelope, Finished, Idempotency, Json, PathParams, Reply};
use shared::jobs::About;
use shared::store::Transaction;
use shared::{Error, ids};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::OpenInvitation;
use crate::accounts::{assignable, different_roles};
use crate::attempts::INVITATIONS;
use crate::audit::{Act, Details, Event, platform_use};
use crate::caller::Caller;
use crate::change::require_fresh;
use crate::links::request::admit_mail;
use crate::links::{Invitation, Purpose};
use crate::tenants::Tenant;
use crate::{AuthError, State, mail};

/// How often the invitations of an address may change meanwhile.
const ROUNDS: usize = 5;

/// Whom to invite.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteRequest {
    /// Where the link goes.
    #[garde(custom(email_address))]
    #[schema(example = "ada@example.com")]
    email: String,
    /// One to five different roles; never `system`.
    #[garde(custom(assignable))]
    #[schema(value_type = Vec<Role>, min_items = 1, max_items = 5)]
    roles: AtMost<Role, 5>,
    /// Language of the mail, BCP 47, like `de-AT`.
    #[garde(inner(length(min = 2, max = 35), custom(language_tag)))]
    locale: Option<String>,
}

/// The same by the platform, whose own tenant knows one role alone.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemInviteRequest {
    /// Where the link goes.
    #[garde(custom(email_address))]
    #[schema(example = "ada@example.com")]
    email: String,
    /// One to five different roles; `system` for the platform's own tenant, and nowhere else.
    #[garde(custom(different_roles))]
    #[schema(value_type = Vec<Role>, min_items = 1, max_items = 5)]
    roles: AtMost<Role, 5>,
    /// Language of the mail, BCP 47, like `de-AT`.
    #[garde(inner(length(min = 2, max = 35), custom(language_tag)))]
    locale: Option<String>,
}

/// An invitation on its way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    id: Uuid,
    tenant_id: TenantId,
    email: String,
    roles: Roles,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Invites somebody to one's tenant by mail, in the place of an earlier invitation to the same address. An account that
/// exists changes nothing until its owner accepts.
#[utoipa::path(
    post, path = "/users/invite", operation_id = "inviteUser", tag = "users", request_body = InviteRequest,
    responses(
        (status = 201, body = Envelope<Invited>),
        (status = 409, description = "CONFLICT: a member already; IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn invite_user(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<InviteRequest>,
) -> Result<Reply<Invited>, AuthError> {
    let tenant = state.tenants.get(caller.principal.tenant()).await?.ok_or(Error::NotFound)?;
    let new = New { email: request.email, roles: Roles(request.roles.0), locale: request.locale };
    invite(&state, &caller, &idempotency, &tenant, new).await
}

/// Invites somebody to any tenant: the first admin of a new one, or a colleague to the platform's own.
#[utoipa::path(
    post, path = "/tenants/{id}/invitations", operation_id = "inviteToTenant", tag = "tenants",
    request_body = SystemInviteRequest, params(("id" = Uuid, Path)),
    responses(
        (status = 201, body = Envelope<Invited>),
        (status = 409, description = "CONFLICT: a member already; IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn invite_to_tenant(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    PathParams(id): PathParams<TenantId>,
    Json(request): Json<SystemInviteRequest>,
) -> Result<Reply<Invited>, AuthError> {
    let tenant = state.tenants.get(id).await?.ok_or(Error::NotFound)?;
    let roles = Roles(request.roles.0);
    if roles.0.iter().any(|role| (*role == Role::System) != (id == SYSTEM_TENANT)) {
        return Err(Error::field("roles", "must be `system` for the platform's own tenant, and nowhere else").into());
    }
    let new = New { email: request.email, roles, locale: request.locale };
    invite(&state, &caller, &idempotency, &tenant, new).await
}

struct New {
    email: String,
    roles: Roles,
    locale: Option<String>,
}

async fn invite(
    state: &State,
    caller: &Caller,
    idempotency: &Idempotency,
    tenant: &Tenant,
    new: New,
) -> Result<Reply<Invited>, AuthError> {
    if new.roles.0.iter().any(|role| role.includes(Role::Admin) || *role == Role::System) {
        // Whoever has stolen a token must not make himself an admin for good.
        require_fresh(state, caller).await?;
    }
    state.attempts.admit(INVITATIONS, &caller.principal.user().to_string()).await?;
    admit_mail(state, &format!("invitation|{}", tenant.id), &new.email, &caller.device).await?;
    let by = By { id: Some(caller.principal.user()), name: inviters_name(state, caller).await? };
    for _ in 0..ROUNDS {
        let owner = state.accounts.owner(&new.email).await?;
        if owner.is_some_and(|account| !account.may_be_invited(tenant.id)) {
            return Err(Error::Conflict.into());
        }
        let mut prepared = prepare(state, tenant, &new.email, new.roles.clone(), new.locale.as_deref(), &by).await?;
        record(state, &mut prepared.transaction, &prepared.view, caller);
        match idempotency.commit(prepared.transaction, Reply::created(prepared.view)).await? {
            Finished::Reply(reply) => {
                reply.send(state.platform.outbox(), prepared.entries).await;
                return Ok(reply);
            }
            // The address was invited again, has accepted, or was withdrawn meanwhile.
            Finished::Refused(index) if index == prepared.only_one => {}
            Finished::Refused(_) => return Err(Error::internal("a new invitation was refused").into()),
        }
    }
    Err(Error::unavailable("the invitations of this address keep changing").into())
}

/// What the invited one is told of whoever invites him: a person, or a machine.
async fn inviters_name(state: &State, caller: &Caller) -> Result<String, AuthError> {
    let principal = &caller.principal;
    if let Some(person) = state.accounts.get(principal.user()).await? {
        return Ok(person.display_name());
    }
    let machine = state.service_accounts.get(principal.tenant(), principal.user()).await?;
    Ok(machine.ok_or(Error::Unauthorized)?.name)
}

/// Who invites.
pub(super) struct By {
    pub(super) id: Option<UserId>,
    pub(super) name: String,
}

/// An invitation with everything that is to be written.
pub(super) struct Prepared {
    pub(super) transaction: Transaction,
    pub(super) entries: Vec<shared::jobs::Entry>,
    view: Invited,
    /// The write that is refused if the address has another open invitation by now.
    only_one: usize,
}

/// The writes of an invitation and its mail. It takes the place of an earlier one to the same address.
pub(super) async fn prepare(
    state: &State,
    tenant: &Tenant,
    email: &str,
    roles: Roles,
    locale: Option<&str>,
    by: &By,
) -> Result<Prepared, Error> {
    let now = state.platform.clock().now();
    let id = ids::at(now);
    let email = email.to_owned();
    let invitation = Invitation {
        id: Some(id),
        tenant_id: tenant.id,
        email: email.clone(),
        roles: roles.clone(),
        invited_by: by.id,
    };
    let earlier = state.invitations.latest(tenant.id, &email).await?;
    let (write, link, name) = state.links.issue_named(id, &invitation)?;
    let mut transaction = Transaction::new(state.platform.store()).with(write);
    if let Some(earlier) = &earlier {
        transaction.add(state.links.withdraw::<Invitation>(&earlier.link));
    }
    let expires_at = now + Invitation::LIFETIME;
    let open = OpenInvitation {
        id,
        tenant_id: tenant.id,
        email: email.clone(),
        roles: roles.clone(),
        invited_by: by.id,
        created_at: now,
        expires_at,
        link: name,
        ttl: expires_at.as_second(),
    };
    let only_one = state.invitations.open(&mut transaction, &open, earlier.as_ref());
    let valid_days = u32::try_from(Invitation::LIFETIME.as_hours() / 24).unwrap_or(0);
    let about = About::Invitation { link, tenant: tenant.name.clone(), invited_by: by.name.clone(), valid_days };
    let entries = mail::tell(state, &mut transaction, (id, tenant.id), (&email, locale), about)?;
    let view = Invited { id, tenant_id: tenant.id, email, roles, expires_at };
    Ok(Prepared { transaction, entries, view, only_one })
}

/// In the log of the tenant that somebody is invited to, and in the platform's own if it invites.
fn record(state: &State, transaction: &mut Transaction, invited: &Invited, caller: &Caller) {
    let (roles, subject) = (Some(invited.roles.clone()), Some(invited.id.to_string()));
    let details = Details { roles, subject, ..Details::default() };
    if caller.principal.tenant() == invited.tenant_id {
        let now = state.platform.clock().now();
        let event = Event::new(invited.tenant_id, Act::UserInvited, now).by(caller.principal.user(), &caller.device);
        transaction.add(state.audit.record(&Event { details, ..event }));
    } else {
        let tenants = [invited.tenant_id];
        transaction.extend(platform_use(state, caller, Act::UserInvited, tenants, (None, &details)));
    }
}
