//! A provider of OpenID Connect: what its discovery document tells, and whom its ID tokens are about.

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::Url;
use serde::Deserialize;
use shared::clock::Clock;
use shared::config::Stage;

use super::cached::Cached;
use super::id_token::{Claims, Expected};
use super::keys::{KeySet, PublicKey, key_id};
use super::model::Person;
use super::requests::Requests;
use super::{ProviderFault, settings};

/// How long discovery and keys are good.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// A token with a key that is not known has the keys fetched again, but not more often than this.
const REFETCH: SignedDuration = SignedDuration::from_mins(1);
/// What Microsoft's issuer has in the place of the tenant.
const TENANT: &str = "{tenantid}";

/// Whose rules hold besides the standard's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// None.
    Standard,
    /// One issuer a tenant.
    Microsoft,
}

/// One provider of OpenID Connect.
#[derive(Debug)]
pub(super) struct Oidc {
    issuer: Url,
    dialect: Dialect,
    stage: Stage,
    clock: Clock,
    discovery: Cached<Discovery>,
    keys: Cached<KeySet>,
}

/// Where its endpoints are (OpenID Connect Discovery 1.0).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Discovery {
    issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    jwks_uri: Url,
}

impl Oidc {
    pub(super) fn new(issuer: Url, dialect: Dialect, stage: Stage, clock: Clock) -> Self {
        let (discovery, keys) = (Cached::new(clock.clone()), Cached::new(clock.clone()));
        Self { issuer, dialect, stage, clock, discovery, keys }
    }

    /// The configured issuer, as it is compared: without a slash at its end.
    pub(super) fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// Where its endpoints are.
    pub(super) async fn discovery(&self, requests: &Requests) -> Result<Arc<Discovery>, ProviderFault> {
        self.discovery.get(FRESH, self.discover(requests)).await
    }

    async fn discover(&self, requests: &Requests) -> Result<Discovery, ProviderFault> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer());
        let address = address.parse().map_err(|_| ProviderFault::NoRequest("the issuer is no address"))?;
        let found: Discovery = requests.get(&address, None, "discovery document").await?;
        let endpoints = [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri];
        if !endpoints.into_iter().all(|endpoint| settings::is_safe(endpoint, self.stage)) {
            return Err(ProviderFault::UnsafeEndpoint);
        }
        // Microsoft's is another one for each tenant, and `common` is none of them.
        let same = match self.dialect {
            Dialect::Standard => found.issuer.trim_end_matches('/') == self.issuer(),
            Dialect::Microsoft => found.issuer.parse::<Url>().is_ok_and(|other| other.origin() == self.issuer.origin()),
        };
        if same { Ok(found) } else { Err(ProviderFault::Unreadable("discovery document of its issuer")) }
    }

    /// Whom an ID token is about that was made for this client and this sign-in.
    pub(super) async fn person(
        &self,
        requests: &Requests,
        id_token: &str,
        (client_id, nonce): (&str, &str),
    ) -> Result<Person, ProviderFault> {
        let discovery = self.discovery(requests).await?;
        let key = self.key(requests, &discovery, &key_id(id_token)?).await?;
        let claims: Claims = key.verify(id_token)?;
        let issuer = self.issuer_of(&discovery.issuer, &claims)?;
        if let Some(only) = &key.issuer
            && self.issuer_of(only, &claims)? != issuer
        {
            return Err(ProviderFault::IdToken("its key is another issuer's"));
        }
        claims.check(Expected { issuer: &issuer, client_id, nonce, now: self.clock.now() })?;
        match self.dialect {
            Dialect::Standard => Ok(claims.person()),
            Dialect::Microsoft => claims.microsoft_person(),
        }
    }

    /// The issuer that a token must name, as its provider writes it.
    fn issuer_of(&self, written: &str, claims: &Claims) -> Result<String, ProviderFault> {
        match (self.dialect, claims.tid) {
            (Dialect::Standard, _) => Ok(written.to_owned()),
            (Dialect::Microsoft, Some(tenant)) => Ok(written.replace(TENANT, &tenant.to_string())),
            (Dialect::Microsoft, None) => Err(ProviderFault::IdToken("its tid")),
        }
    }

    async fn key(&self, requests: &Requests, discovery: &Discovery, kid: &str) -> Result<PublicKey, ProviderFault> {
        for age in [FRESH, REFETCH] {
            let keys = self.keys.get(age, requests.get(&discovery.jwks_uri, None, "key set")).await?;
            if let Some(key) = keys.find(kid) {
                return Ok(key.clone());
            }
        }
        Err(ProviderFault::IdToken("its key is unknown"))
    }
}
