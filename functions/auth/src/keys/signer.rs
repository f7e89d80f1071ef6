//! Signs access tokens with the key whose turn it is.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use shared::auth::{Claims, PublicKey, Roles, TOKEN_TYPE, UserId};
use shared::clock::Clock;
use shared::config::TokenConfig;
use shared::seal::Sealer;
use shared::store::Table;
use shared::{Error, ids};

use super::model::{NewKey, signing};
use super::store;
use crate::config::KeyConfig;
use crate::tenants::Tenant;

/// How long a process may go on without looking for a new key; keys are published a day ahead.
const LOADED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The signing keys of this deployment.
pub struct SigningKeys {
    pub(super) table: Table,
    pub(super) sealer: Sealer,
    pub(super) clock: Clock,
    pub(super) rotation: SignedDuration,
    tokens: TokenConfig,
    loaded: ArcSwapOption<Loaded>,
    loading: tokio::sync::Mutex<()>,
}

/// The published keys as this process knows them, and the one that it signs with.
struct Loaded {
    public: Vec<PublicKey>,
    kid: String,
    pair: RsaKeyPair,
    at: Timestamp,
}

/// Who a token is for.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The account, of a person or a machine.
    pub id: UserId,
    /// Its address.
    pub email: &'a str,
    /// What it is in the tenant.
    pub roles: &'a Roles,
    /// Its session.
    pub session: uuid::Uuid,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    kid: &'a str,
}

impl SigningKeys {
    /// Keys in `table`, their private halves sealed by `sealer`. Nothing is read yet.
    pub(crate) fn new(table: Table, sealer: Sealer, clock: Clock, tokens: TokenConfig, config: &KeyConfig) -> Self {
        let (loaded, loading) = (ArcSwapOption::empty(), tokio::sync::Mutex::default());
        Self { table, sealer, clock, rotation: config.rotation, tokens, loaded, loading }
    }

    /// How long an access token lives, in seconds.
    #[must_use]
    pub fn access_ttl(&self) -> u64 {
        self.tokens.access_ttl.as_secs()
    }

    /// An access token of `subject` in `tenant`.
    pub async fn sign(&self, subject: &Subject<'_>, tenant: &Tenant) -> Result<String, Error> {
        let now = self.clock.now();
        let claims = Claims {
            iss: self.tokens.issuer.clone(),
            aud: self.tokens.audience.clone(),
            sub: subject.id,
            tenant_id: tenant.id,
            email: subject.email.to_owned(),
            roles: subject.roles.clone(),
            plan_tier: tenant.plan,
            iat: now.as_second(),
            exp: (now + self.tokens.access_ttl).as_second(),
            jti: ids::at(now),
            sid: subject.session,
        };
        self.sign_statement(TOKEN_TYPE, &claims).await
    }

    /// A signed statement of ours of this type (RFC 8725: so that none is taken for another).
    pub(crate) async fn sign_statement(&self, typ: &str, claims: &impl Serialize) -> Result<String, Error> {
        self.load().await?.sign(typ, claims)
    }

    /// The keys that may still verify a token, and the next one.
    pub(super) async fn published(&self) -> Result<Vec<PublicKey>, Error> {
        Ok(PublicKey::without_retired(self.load().await?.public.clone(), self.clock.now()))
    }

    /// Every key that has signed, or will: those that sign no more, and the published ones.
    pub(super) async fn all_ever(&self) -> Result<Vec<PublicKey>, Error> {
        let mut keys = store::read_retired(&self.table).await?;
        let retired: Vec<u32> = keys.iter().map(|key| key.generation).collect();
        let published = self.published().await?;
        keys.extend(published.into_iter().filter(|key| !retired.contains(&key.generation)));
        Ok(keys)
    }

    /// Forgets what is loaded, after a rotation.
    pub(super) fn forget(&self) {
        self.loaded.store(None);
    }

    async fn load(&self) -> Result<Arc<Loaded>, Error> {
        if let Some(loaded) = self.current() {
            return Ok(loaded);
        }
        let _one_at_a_time = self.loading.lock().await;
        if let Some(loaded) = self.current() {
            return Ok(loaded);
        }
        let public = self.read_or_create().await?;
        let now = self.clock.now();
        let key = signing(&public, now).ok_or_else(|| Error::internal("no key may sign yet"))?.clone();
        let private = store::open(&self.table, &self.sealer, &key).await?;
        let pair = RsaKeyPair::from_pkcs8(&private).map_err(|error| Error::internal(error.to_string()))?;
        let loaded = Arc::new(Loaded { public, kid: key.kid, pair, at: now });
        self.loaded.store(Some(Arc::clone(&loaded)));
        Ok(loaded)
    }

    /// What is loaded, while no other key's turn has come.
    fn current(&self) -> Option<Arc<Loaded>> {
        let loaded = self.loaded.load_full()?;
        let now = self.clock.now();
        let turn = signing(&loaded.public, now).is_some_and(|key| key.kid == loaded.kid);
        (turn && now < loaded.at + LOADED_FOR).then_some(loaded)
    }

    /// The keys, with the first one made if there is none. Of two processes that make it at once
    /// one is refused, and both read the same.
    async fn read_or_create(&self) -> Result<Vec<PublicKey>, Error> {
        let keys = store::read_all(&self.table).await?;
        if !keys.is_empty() {
            return Ok(keys);
        }
        let now = self.clock.now();
        let key = tokio::task::spawn_blocking(move || NewKey::generate(1, now)).await.map_err(Error::internal)??;
        if store::create(&self.table, &self.sealer, &key).await? {
            tracing::info!(key.id = key.public.kid, "the first signing key was made");
        }
        store::read_all(&self.table).await
    }
}

impl Loaded {
    /// A JWS in compact form (RFC 7515). Not by the library that verifies: it would read and
    /// check the private key again for each token, which costs more than the signature.
    fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, Error> {
        let header = Header { alg: "RS256", typ, kid: &self.kid };
        let part = |json: Result<Vec<u8>, serde_json::Error>| json.map(|json| URL_SAFE_NO_PAD.encode(json));
        let header = part(serde_json::to_vec(&header)).map_err(Error::internal)?;
        let claims = part(serde_json::to_vec(claims)).map_err(Error::internal)?;
        let message = format!("{header}.{claims}");
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .map_err(Error::internal)?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
