//! `GET` and `PATCH /profile`: one's own account.

pub(crate) mod change_address;
mod field;
pub(crate) mod request_address;
mod take_address;

use axum::extract::State as Extract;
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::Error;
use shared::auth::{Plan, Principal, Roles, TenantId, UserId};
use shared::http::rules::{language_tag, refuse_unless, zone_name};
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use utoipa::ToSchema;

use self::field::Change;
use crate::accounts::{Account, Identifier, plain_text, username_rule};
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Change as AccountChange, Whose, change};
use crate::oauth::LinkedIdentity;
use crate::{AuthError, State};

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
    /// How many backup codes are left; none without a second factor.
    backup_codes_left: usize,
    /// Whether there is a password, for `/reauthenticate` and `PUT /password`.
    has_password: bool,
    /// How many passkeys there are.
    passkeys: u32,
    /// Other providers by which one signs in.
    identities: Vec<LinkedIdentity>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// What to change. A field that is left out stays; null empties it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileChange {
    /// To sign in with instead of the address: 3 to 32 letters and digits of one script, with . _ - between them.
    #[serde(default)]
    #[garde(inner(custom(username_rule)))]
    #[schema(value_type = Option<String>)]
    username: Change<String>,
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
    responses(
        (status = 200, body = Envelope<ProfileView>),
        (status = 403, description = "STEP_UP_REQUIRED: another username needs a fresh sign-in; FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "USERNAME_TAKEN, or IDEMPOTENCY_IN_PROGRESS", body = ErrorEnvelope),
    )
)]
pub(crate) async fn update_profile(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<ProfileChange>,
) -> Result<Reply<ProfileView>, AuthError> {
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        request.apply(&mut change.account);
        rename(change, &request.username)?;
        change.announce();
        Ok(Reply::ok(view(&change.account, &caller.principal)))
    })
    .await
}

/// Gives the account another username, or none. One that looks the same stays claimed.
fn rename(change: &mut AccountChange<'_>, username: &Change<String>) -> Result<(), AuthError> {
    let before = change.account.username.clone();
    username.apply(&mut change.account.username);
    let (user, accounts) = (change.account.id, &change.state.accounts);
    let identifier = |name: &Option<String>| name.as_deref().map(Identifier::username);
    let (before, after) = (identifier(&before), identifier(&change.account.username));
    if before == after {
        return Ok(());
    }
    // One signs in with it.
    change.require_fresh()?;
    change.record(Act::UsernameChanged, |_| {});
    if before.as_ref().map(Identifier::claim) == after.as_ref().map(Identifier::claim) {
        return Ok(());
    }
    if let Some(before) = before {
        change.add(accounts.release(&before));
    }
    if let Some(after) = after {
        change.guard(accounts.claim(&after, user), AuthError::UsernameTaken);
    }
    Ok(())
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
        backup_codes_left: account.totp.as_ref().map_or(0, |totp| totp.backup_codes.len()),
        has_password: account.password_hash.is_some(),
        passkeys: account.passkeys,
        identities: account.identities.iter().map(LinkedIdentity::from).collect(),
        created_at: account.created_at,
    }
}

fn https_address<C>(text: &str, _: &C) -> garde::Result {
    let uri = text.parse::<http::Uri>().ok().filter(|uri| uri.scheme_str() == Some("https"));
    refuse_unless(uri.is_some_and(|uri| uri.host().is_some_and(|host| !host.is_empty())), "must be an https address")
}
