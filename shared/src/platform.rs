//! What every service is made of: one of each, for the whole process.

use std::sync::Arc;

use crate::auth::{Authenticator, InternalKeys, KeyRing, Revocations, Verifier};
use crate::clock::Clock;
use crate::config::{AwsConfig, ConfigError, CorsConfig, DocsConfig, Env, Stage, TokenConfig};
use crate::http::IdempotencyStore;
use crate::jobs::{Outbox, Queues};
use crate::seal::Sealer;
use crate::service::Service;
use crate::store::{SdkConfig, Store, Table, sdk_config};

/// Everything that services share at run time. Clones share it.
#[derive(Clone, Debug)]
pub struct Platform(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    service: &'static Service,
    stage: Stage,
    clock: Clock,
    sdk: SdkConfig,
    store: Store,
    table: Table,
    sealer: Sealer,
    tokens: TokenConfig,
    cors: CorsConfig,
    internal_keys: InternalKeys,
    docs: DocsConfig,
    authenticator: Authenticator,
    idempotency: IdempotencyStore,
    outbox: Outbox,
}

impl Platform {
    /// Reads the configuration and makes the clients; nothing is called yet.
    pub async fn connect(service: &'static Service, env: &Env, clock: Clock) -> Result<Self, ConfigError> {
        let stage = Stage::from_env(env)?;
        let sdk = sdk_config(&AwsConfig::from_env(env)).await;
        let store = Store::new(&sdk);
        let table = store.table(env.require("TABLE")?);
        let sealer = Sealer::from_env(env)?;
        let tokens = TokenConfig::from_env(env)?;
        let keys = KeyRing::new(store.table(env.require("SIGNING_KEYS_TABLE")?), clock.clone());
        let verifier = Verifier::new(keys, clock.clone(), &tokens);
        let revocations = Revocations::new(store.table(env.require("REVOCATIONS_TABLE")?), clock.clone());
        let records = store.table(env.require("IDEMPOTENCY_TABLE")?);
        let parts = Parts {
            service,
            stage,
            authenticator: Authenticator::new(verifier, revocations),
            idempotency: IdempotencyStore::new(records, sealer.clone(), clock.clone()),
            outbox: Outbox::new(table.clone(), Queues::from_env(env, &sdk), clock.clone()),
            cors: CorsConfig::from_env(env)?,
            internal_keys: InternalKeys::from_env(env)?,
            docs: DocsConfig::from_env(env)?,
            clock,
            sdk,
            store,
            table,
            sealer,
            tokens,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Which service this is.
    #[must_use]
    pub fn service(&self) -> &'static Service {
        self.0.service
    }

    /// Where it runs.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.0.stage
    }

    /// Its time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// How it calls AWS, for the clients of its own services.
    #[must_use]
    pub fn sdk(&self) -> &SdkConfig {
        &self.0.sdk
    }

    /// Its connection to DynamoDB.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Its own table.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.0.table
    }

    /// Seals and signs under its data keys.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    /// How tokens are made and checked.
    #[must_use]
    pub fn tokens(&self) -> &TokenConfig {
        &self.0.tokens
    }

    /// Which web pages may call it.
    #[must_use]
    pub fn cors(&self) -> &CorsConfig {
        &self.0.cors
    }

    /// Who may use its internal routes.
    #[must_use]
    pub fn internal_keys(&self) -> &InternalKeys {
        &self.0.internal_keys
    }

    /// Where its docs page gets its script.
    #[must_use]
    pub fn docs(&self) -> &DocsConfig {
        &self.0.docs
    }

    /// Turns tokens into principals.
    #[must_use]
    pub fn authenticator(&self) -> &Authenticator {
        &self.0.authenticator
    }

    /// Its idempotency records.
    #[must_use]
    pub fn idempotency(&self) -> &IdempotencyStore {
        &self.0.idempotency
    }

    /// The only way to enqueue, to do something later, or to tell another service.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }
}
