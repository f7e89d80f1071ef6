//! What handlers work with.

use std::sync::Arc;

use shared::Platform;
use shared::config::{ConfigError, Env};
use shared::exports::ExportFiles;
use webauthn_rs::Webauthn;

use crate::accounts::Accounts;
use crate::attempts::Attempts;
use crate::audit::Audit;
use crate::config::{KeyConfig, PasswordConfig, SignUpConfig, WebauthnConfig, app_base_url};
use crate::erasure::Erasures;
use crate::exports::Exports;
use crate::invitations::Invitations;
use crate::keys::SigningKeys;
use crate::links::Links;
use crate::oauth::Oauth;
use crate::passwords::Passwords;
use crate::service_accounts::ServiceAccounts;
use crate::sessions::Sessions;
use crate::signin::Challenges;
use crate::tenants::Tenants;
use crate::totp::Enrolments;
use crate::webauthn::{Ceremonies, Passkeys};

/// One of each, for the whole process. Clones share it.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// The parts of a [`State`].
pub struct Parts {
    /// What every service has.
    pub platform: Platform,
    /// Accounts and their memberships.
    pub accounts: Accounts,
    /// Tenants and their plans.
    pub tenants: Tenants,
    /// Machines that call for tenants.
    pub service_accounts: ServiceAccounts,
    /// Counters of failed sign-ins and codes.
    pub attempts: Attempts,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Sessions and their refresh tokens.
    pub sessions: Sessions,
    /// Sign-ins that wait for a second factor.
    pub challenges: Challenges,
    /// TOTP secrets that are not confirmed yet.
    pub enrolments: Enrolments,
    /// Makes and checks the messages of passkeys.
    pub webauthn: Webauthn,
    /// Passkeys.
    pub passkeys: Passkeys,
    /// Passkeys that are being added or shown.
    pub ceremonies: Ceremonies,
    /// Invitations that wait to be accepted.
    pub invitations: Invitations,
    /// Links in mails.
    pub links: Links,
    /// What owners want to have of what is known of them.
    pub exports: Exports,
    /// The files of that.
    pub export_files: ExportFiles,
    /// Accounts that are being erased, and the proofs.
    pub erasures: Erasures,
    /// Other providers to sign in by.
    pub oauth: Oauth,
    /// What is remembered of all that matters to security.
    pub audit: Audit,
    /// Who may sign up.
    pub sign_up: SignUpConfig,
    /// Whom to invite as the first system account.
    pub bootstrap_email: Option<String>,
    /// Signs access tokens.
    pub keys: SigningKeys,
}

impl std::ops::Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    /// Reads auth's own topics of the configuration.
    pub(crate) fn new(platform: Platform, env: &Env) -> Result<Self, ConfigError> {
        let table = platform.table().clone();
        let (clock, sealer) = (platform.clock().clone(), platform.sealer().clone());
        let key_table = platform.store().table(env.require("SIGNING_KEYS_TABLE")?);
        let parts = Parts {
            accounts: Accounts::new(table.clone(), platform.outbox().clone(), sealer.clone(), clock.clone()),
            tenants: Tenants::new(table.clone(), clock.clone()),
            service_accounts: ServiceAccounts::new(table.clone()),
            attempts: Attempts::new(table.clone(), sealer.clone(), clock.clone()),
            passwords: Passwords::new(&PasswordConfig::from_env(env)?)?,
            sessions: Sessions::new(table.clone(), sealer.clone(), clock.clone()),
            challenges: Challenges::new(table.clone(), clock.clone()),
            enrolments: Enrolments::new(table.clone(), clock.clone()),
            webauthn: WebauthnConfig::from_env(env)?.build()?,
            passkeys: Passkeys::new(table.clone()),
            ceremonies: Ceremonies::new(table.clone(), clock.clone()),
            invitations: Invitations::new(table.clone(), clock.clone()),
            links: Links::new(table.clone(), sealer.clone(), clock.clone(), app_base_url(env)?),
            exports: Exports::new(table.clone()),
            export_files: ExportFiles::from_env(env, platform.sdk())?,
            erasures: Erasures::new(table.clone()),
            oauth: Oauth::from_env(env, &platform)?,
            audit: Audit::new(table),
            sign_up: SignUpConfig::from_env(env)?,
            bootstrap_email: env.get("BOOTSTRAP_EMAIL").map(str::to_owned),
            keys: SigningKeys::new(key_table, sealer, clock, platform.tokens().clone(), &KeyConfig::from_env(env)?),
            platform,
        };
        Ok(Self(Arc::new(parts)))
    }
}
