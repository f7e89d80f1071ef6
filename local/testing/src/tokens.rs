//! Access tokens as auth makes them, under a key of the tests.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::auth::{Claims, Plan, PublicKey, Role, Roles, TOKEN_TYPE, TenantId, UserId};
use shared::clock::Clock;
use shared::ids;

const KID: &str = "test-key";

/// Slow to make, so there is one for all tests.
static PAIR: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

/// The tests' key, as auth publishes its own.
#[must_use]
pub fn public_key(signs_from: Timestamp) -> PublicKey {
    let public = PAIR.public_key();
    PublicKey {
        kid: KID.to_owned(),
        generation: 1,
        n: URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
        e: URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        signs_from,
    }
}

/// What a token of 15 minutes says.
#[must_use]
pub fn claims(clock: &Clock, tenant: TenantId, user: UserId, role: Role) -> Claims {
    let now = clock.now();
    Claims {
        // The defaults of template.yaml's parameters.
        iss: "http://127.0.0.1:8080/auth/v1".to_owned(),
        aud: "eventzr".to_owned(),
        sub: user,
        tenant_id: tenant,
        email: "somebody@example.com".to_owned(),
        roles: Roles(vec![role]),
        plan_tier: Plan::Base,
        iat: now.as_second(),
        exp: (now + SignedDuration::from_mins(15)).as_second(),
        jti: ids::at(now),
        sid: ids::at(now),
    }
}

/// The token with these claims.
#[must_use]
pub fn sign(claims: &Claims) -> String {
    let header = json!({"alg": "RS256", "typ": TOKEN_TYPE, "kid": KID});
    let encode = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
    let text = format!("{}.{}", encode(header.to_string().into_bytes()), encode(serde_json::to_vec(claims).unwrap()));
    let mut signature = vec![0; PAIR.public_modulus_len()];
    PAIR.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", encode(signature))
}
