//! Callers, and the key that signs their tokens.

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::auth::{Plan, PublicKey, Role};
use shared::clock::Clock;
use shared::ids;
use shared::store::Key;
use uuid::Uuid;

use crate::sample::ISSUER;

pub(crate) const KID: &str = "the-test-key";

/// Signs whatever it is given.
pub(crate) struct Signer(RsaKeyPair);

/// One key for all tests: it takes a while to make.
pub(crate) fn signer() -> &'static Signer {
    static SIGNER: OnceLock<Signer> = OnceLock::new();
    SIGNER.get_or_init(|| {
        let made = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
        Signer(RsaKeyPair::from_pkcs8(made.as_der().unwrap().as_ref()).unwrap())
    })
}

impl Signer {
    /// The item that auth would publish.
    pub(crate) fn published(&self, signs_from: Timestamp) -> (Key, PublicKey) {
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(self.0.public_key());
        let (n, e) = (encode(&parts.n), encode(&parts.e));
        (PublicKey::key(1), PublicKey { kid: KID.to_owned(), generation: 1, n, e, signs_from })
    }

    /// The public key as an attacker reads it, to be taken for an HMAC secret.
    pub(crate) fn public_der(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", encode(&signature))
    }
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()))
}

pub(crate) fn header() -> Value {
    json!({"alg": "RS256", "typ": "at+jwt", "kid": KID})
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user: Uuid,
    pub(crate) tenant: Uuid,
    pub(crate) session: Uuid,
    pub(crate) roles: Vec<Role>,
    pub(crate) plan: Plan,
}

impl Caller {
    /// Somebody new in a tenant of their own.
    pub(crate) fn new(role: Role) -> Self {
        let id = || ids::new(&Clock::system());
        Self { user: id(), tenant: id(), session: id(), roles: vec![role], plan: Plan::Base }
    }

    pub(crate) fn user() -> Self {
        Self::new(Role::User)
    }

    pub(crate) fn with_plan(self, plan: Plan) -> Self {
        Self { plan, ..self }
    }

    /// The same account in another tenant.
    pub(crate) fn elsewhere(&self) -> Self {
        Self { tenant: Self::user().tenant, ..self.clone() }
    }

    pub(crate) fn claims(&self, clock: &Clock) -> Value {
        let now = clock.now();
        json!({
            "iss": ISSUER, "aud": "eventzr", "sub": self.user, "tenantId": self.tenant,
            "email": "someone@example.com", "roles": self.roles, "planTier": self.plan,
            "iat": now.as_second(), "exp": now.as_second() + 900, "jti": ids::at(now), "sid": self.session,
        })
    }

    pub(crate) fn token(&self, clock: &Clock) -> String {
        signer().sign(&header(), &self.claims(clock))
    }
}
