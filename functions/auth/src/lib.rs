//! auth: sign-in, sessions, and the keys that every service verifies tokens with.

pub mod accounts;
pub mod attempts;
pub mod audit;
mod caller;
mod change;
mod config;
pub mod erasure;
mod error;
pub mod exports;
mod invitations;
mod jobs;
pub mod keys;
pub mod links;
mod mail;
mod oauth;
pub mod passwords;
mod profile;
pub mod service_accounts;
pub mod sessions;
pub mod signin;
mod signup;
mod state;
pub mod tenants;
pub mod totp;
mod users;
pub mod webauthn;
mod worker;

use std::sync::Arc;

use axum::Router;
use shared::Platform;
use shared::auth::Role;
use shared::clock::Clock;
use shared::config::{ConfigError, Env};
use shared::http::{Api, Rule};
use shared::jobs::Worker;
use shared::routes;
use shared::service::AUTH;

pub use error::AuthError;
pub use oauth::ProviderFault;
pub use state::State;

/// The service, ready to run.
#[derive(Clone)]
pub struct Auth {
    state: State,
}

impl Auth {
    /// Reads the configuration; nothing is called yet.
    pub async fn build(env: &Env, clock: Clock) -> Result<Self, ConfigError> {
        let platform = Platform::connect(&AUTH, env, clock).await?;
        Ok(Self { state: State::new(platform, env)? })
    }

    /// What its handlers work with.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Its timers.
    #[must_use]
    pub fn worker(&self) -> Arc<dyn Worker> {
        Arc::new(worker::AuthWorker::new(self.state.clone()))
    }

    /// Every route, with who may call it.
    pub fn router(&self) -> Router {
        Api::new(&self.state.platform)
            .route(Rule::public(), routes!(keys::jwks::jwks))
            .route(Rule::public(), routes!(keys::jwks::erasure_keys))
            .route(Rule::public(), routes!(keys::discovery::discovery))
            .route(Rule::public(), routes!(signin::login::login))
            .route(Rule::public(), routes!(signin::verify_totp::verify_totp))
            .route(Rule::public(), routes!(signin::magic_link::request_magic_link))
            .route(Rule::public(), routes!(signin::magic_link::verify_magic_link))
            .route(Rule::bearer(), routes!(signin::reauthenticate::reauthenticate))
            .route(Rule::public(), routes!(oauth::authorize::begin_oauth))
            .route(Rule::public(), routes!(oauth::callback::finish_oauth))
            .route(Rule::public(), routes!(oauth::apple_form::forward_apple_form))
            .route(Rule::bearer(), routes!(oauth::link::link_identity, oauth::unlink::unlink_identity))
            .route(Rule::public(), routes!(signup::create::sign_up))
            .route(Rule::public(), routes!(signup::verify::verify_address))
            .route(Rule::public(), routes!(signup::resend::resend_verification))
            .route(Rule::public(), routes!(passwords::forgot::forgot_password))
            .route(Rule::public(), routes!(passwords::reset::reset_password))
            .route(Rule::bearer(), routes!(passwords::change::change_password))
            .route(Rule::bearer(), routes!(totp::enroll::enroll_totp))
            .route(Rule::bearer(), routes!(totp::activate::activate_totp))
            .route(Rule::bearer(), routes!(totp::replace_codes::replace_backup_codes))
            .route(Rule::bearer(), routes!(totp::disable::disable_totp))
            .route(Rule::bearer(), routes!(webauthn::register_options::begin_registration))
            .route(Rule::bearer(), routes!(webauthn::register::register_passkey))
            .route(Rule::public(), routes!(webauthn::authenticate_options::begin_authentication))
            .route(Rule::public(), routes!(webauthn::authenticate::authenticate))
            .route(Rule::bearer(), routes!(webauthn::list::list_passkeys))
            .route(Rule::bearer(), routes!(webauthn::remove::remove_passkey))
            .route(Rule::role(Role::Admin), routes!(audit::list::list_audit_log))
            .route(Rule::public(), routes!(sessions::refresh::refresh))
            .route(Rule::bearer(), routes!(sessions::logout::logout))
            .route(Rule::bearer(), routes!(sessions::list::list_sessions))
            .route(Rule::bearer(), routes!(sessions::end::end_session))
            .route(
                Rule::bearer(),
                routes!(profile::get_profile, profile::update_profile, erasure::request::erase_profile),
            )
            .route(Rule::bearer(), routes!(exports::request::export_profile, exports::show::get_export))
            .route(Rule::bearer(), routes!(exports::download::download_export))
            .route(Rule::bearer(), routes!(profile::request_address::request_address))
            .route(Rule::public(), routes!(profile::change_address::change_address))
            .route(Rule::public(), routes!(erasure::show::get_erasure))
            .route(Rule::bearer(), routes!(tenants::switch::switch_tenant))
            .route(Rule::bearer(), routes!(users::lookup::lookup_users))
            .route(Rule::role(Role::Admin), routes!(users::list::list_users))
            .route(Rule::role(Role::Admin), routes!(users::list::get_user, users::manage::update_user))
            .route(Rule::role(Role::Admin), routes!(users::manage::suspend_user))
            .route(Rule::role(Role::Admin), routes!(users::manage::reactivate_user))
            .route(Rule::role(Role::Admin), routes!(invitations::create::invite_user))
            .route(Rule::role(Role::Admin), routes!(invitations::list::list_invitations))
            .route(Rule::role(Role::Admin), routes!(invitations::withdraw::withdraw_invitation))
            .route(Rule::public(), routes!(invitations::accept::accept_invitation))
            .route(
                Rule::role(Role::Admin),
                routes!(
                    service_accounts::manage::list_service_accounts,
                    service_accounts::manage::create_service_account
                ),
            )
            .route(
                Rule::role(Role::Admin),
                routes!(
                    service_accounts::manage::get_service_account,
                    service_accounts::manage::update_service_account,
                    service_accounts::manage::delete_service_account
                ),
            )
            .route(Rule::role(Role::Admin), routes!(service_accounts::manage::rotate_service_account_secret))
            .route(Rule::public(), routes!(service_accounts::token::issue_service_token))
            .route(Rule::role(Role::System), routes!(tenants::manage::list_tenants, tenants::manage::create_tenant))
            .route(Rule::role(Role::System), routes!(tenants::manage::get_tenant, tenants::manage::update_tenant))
            .route(
                Rule::role(Role::System),
                routes!(invitations::create::invite_to_tenant, invitations::list::list_of_tenant),
            )
            .route(Rule::role(Role::System), routes!(invitations::withdraw::withdraw_from_tenant))
            .route(Rule::role(Role::System), routes!(audit::list::list_tenant_audit_log))
            .route(Rule::role(Role::System), routes!(accounts::manage::find_account))
            .route(Rule::role(Role::System), routes!(accounts::manage::suspend_account))
            .route(Rule::role(Role::System), routes!(accounts::manage::reactivate_account))
            .finish(self.state.clone())
    }
}
