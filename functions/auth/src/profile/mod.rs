//! `GET` and `PATCH /profile`: one's own account.

mod change;

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Plan, Principal, Roles, TenantId, UserId};
use shared::http::rules::{language_tag, refuse_unless, zone_name};
use shared::http::{Envelope, Finished, Idempotency, Json, Reply};
use shared::store::Transaction;
use utoipa::ToSchema;

use self::change::Change;
use crate::accounts::{Account, plain_text};
use crate::oauth::LinkedIdentity;
use crate::{AuthError, State};

/// How often a change is tried while others change the same account.
const ROUNDS: usize = 5;

/// One's own account, in the tenant of the token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    id: UserId,
    email: String,
    username: Option<String>,
    display_name: String,
    first_name: Option<String>,
    last_name: Option<String>,
    avatar_url: Option<String>,
    /// BCP 47.
    locale: Option<String>,
    /// IANA.
    time_zone: Option<String>,
    roles: Roles,
    tenant_id: TenantId,
    plan_tier: Plan,
    /// Every tenant that one is a member of.
    tenants: Vec<TenantId>,
    email_verified: bool,
    mfa_enabled: bool,
    /// Other providers by which one signs in.
    identities: Vec<LinkedIdentity>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// What to change. A field that is left out stays; null empties it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileChange {
    /// Given name.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 80), custom(plain_text)))]
    #[schema(value_type = Option<String>)]
    first_name: Change<String>,
    /// Family name.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 80), custom(plain_text)))]
    #[schema(value_type = Option<String>)]
    last_name: Change<String>,
    /// An https address.
    #[serde(default)]
    #[garde(inner(length(max = 2048), custom(https_address)))]
    #[schema(value_type = Option<String>)]
    avatar_url: Change<String>,
    /// BCP 47, like `de-AT`.
    #[serde(default)]
    #[garde(inner(length(min = 2, max = 35), custom(language_tag)))]
    #[schema(value_type = Option<String>)]
    locale: Change<String>,
    /// IANA, like `Europe/Vienna`.
    #[serde(default)]
    #[garde(inner(length(max = 64), custom(zone_name)))]
    #[schema(value_type = Option<String>)]
    time_zone: Change<String>,
}

/// One's own profile.
#[utoipa::path(get, path = "/profile", tag = "profile", responses((status = 200, body = Envelope<ProfileView>)))]
pub(crate) async fn get_profile(
    Extract(state): Extract<State>,
    principal: Principal,
) -> Result<Reply<ProfileView>, AuthError> {
    let account = state.accounts.get(principal.user()).await?.ok_or(Error::Unauthorized)?;
    Ok(Reply::ok(view(&account, &principal)))
}

/// Changes one's own profile; other services are told.
#[utoipa::path(
    patch, path = "/profile", tag = "profile", request_body = ProfileChange,
    responses((status = 200, body = Envelope<ProfileView>))
)]
pub(crate) async fn update_profile(
    Extract(state): Extract<State>,
    principal: Principal,
    idempotency: Idempotency,
    Json(change): Json<ProfileChange>,
) -> Result<Reply<ProfileView>, AuthError> {
    for _ in 0..ROUNDS {
        if let Some(reply) = try_update(&state, &principal, &idempotency, &change).await? {
            return Ok(reply);
        }
    }
    Err(Error::unavailable("the account keeps changing").into())
}

/// One round; `None` if the account changed between read and write.
async fn try_update(
    state: &State,
    principal: &Principal,
    idempotency: &Idempotency,
    change: &ProfileChange,
) -> Result<Option<Reply<ProfileView>>, AuthError> {
    let mut account = state.accounts.get(principal.user()).await?.ok_or(Error::Unauthorized)?;
    change.apply(&mut account);
    let mut transaction = Transaction::new(state.platform.store());
    transaction.add(state.accounts.save(&mut account));
    state.accounts.put_members(&mut transaction, &account);
    let entries = state.accounts.announce(&mut transaction, &account)?;
    match idempotency.commit(transaction, Reply::ok(view(&account, principal))).await? {
        Finished::Reply(reply) => {
            state.platform.outbox().send(entries).await;
            Ok(Some(reply))
        }
        Finished::Refused(_) => Ok(None),
    }
}

impl ProfileChange {
    fn apply(&self, account: &mut Account) {
        let profile = &mut account.profile;
        let fields = [
            (&mut profile.first_name, &self.first_name),
            (&mut profile.last_name, &self.last_name),
            (&mut profile.avatar_url, &self.avatar_url),
            (&mut profile.locale, &self.locale),
            (&mut profile.time_zone, &self.time_zone),
        ];
        for (field, change) in fields {
            change.apply(field);
        }
    }
}

fn view(account: &Account, principal: &Principal) -> ProfileView {
    let profile = account.profile.clone();
    ProfileView {
        id: account.id,
        email: account.email.clone(),
        username: account.username.clone(),
        display_name: account.display_name(),
        first_name: profile.first_name,
        last_name: profile.last_name,
        avatar_url: profile.avatar_url,
        locale: profile.locale,
        time_zone: profile.time_zone,
        roles: principal.roles().clone(),
        tenant_id: principal.tenant(),
        plan_tier: principal.plan(),
        tenants: account.memberships.iter().map(|membership| membership.tenant_id).collect(),
        email_verified: account.verified_at.is_some(),
        mfa_enabled: account.totp.is_some(),
        identities: account.identities.iter().map(LinkedIdentity::from).collect(),
        created_at: account.created_at,
    }
}

fn https_address<C>(text: &str, _: &C) -> garde::Result {
    let uri = text.parse::<http::Uri>().ok().filter(|uri| uri.scheme_str() == Some("https"));
    refuse_unless(uri.is_some_and(|uri| uri.host().is_some_and(|host| !host.is_empty())), "must be an https address")
}
