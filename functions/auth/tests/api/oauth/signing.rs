//! The keys of a provider, and what they sign.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as NewRsa, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Takes long to make, so all tests have the same one.
static RSA: LazyLock<RsaKeyPair> = LazyLock::new(new_rsa);
static EC: LazyLock<EcdsaKeyPair> = LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
/// Somebody else's.
static FOREIGN: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
/// Of the team at Apple.
static TEAM: LazyLock<(EcdsaKeyPair, Vec<u8>)> = LazyLock::new(|| {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der = key.to_pkcs8v1().unwrap().as_ref().to_vec();
    (key, der)
});

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// RS256, by the provider's key `rsa`.
    Rsa,
    /// ES256, by the provider's key `ec`.
    Ec,
    /// ES256, by a key that only claims to be `ec`.
    Foreign,
    /// Not at all, and says so.
    None,
    /// HS256, by the public key `rsa` as if it were a secret.
    Hmac,
    /// RS256, by a key that the provider does not publish.
    Unknown,
    /// RS256, by the key `rsa`, but named `ec`.
    Confused,
}

pub fn jwt(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

pub fn id_token(claims: &Value, signed: Signed) -> String {
    let ec = |key: &EcdsaKeyPair, text: &[u8]| key.sign(&SystemRandom::new(), text).unwrap().as_ref().to_vec();
    let header = |alg: &str, kid: &str| json!({"alg": alg, "kid": kid, "typ": "JWT"});
    match signed {
        Signed::Rsa => jwt(&header("RS256", "rsa"), claims, rsa),
        Signed::Ec => jwt(&header("ES256", "ec"), claims, |text| ec(&EC, text)),
        Signed::Foreign => jwt(&header("ES256", "ec"), claims, |text| ec(&FOREIGN, text)),
        Signed::None => jwt(&header("none", "rsa"), claims, |_| Vec::new()),
        Signed::Hmac => jwt(&header("HS256", "rsa"), claims, |text| {
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, RSA.public_key().as_ref());
            aws_lc_rs::hmac::sign(&key, text).as_ref().to_vec()
        }),
        Signed::Unknown => jwt(&header("RS256", "next"), claims, rsa),
        Signed::Confused => jwt(&header("RS256", "ec"), claims, rsa),
    }
}

/// What stands at `jwks_uri`; with `next` the key after the first one, too.
pub fn key_set(next: bool, issuer: Option<&str>) -> Value {
    let parts = RsaPublicKeyComponents::<Vec<u8>>::from(RSA.public_key());
    let (n, e) = (URL_SAFE_NO_PAD.encode(parts.n), URL_SAFE_NO_PAD.encode(parts.e));
    let point = EC.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    let rsa = |kid: &str| json!({"kty": "RSA", "use": "sig", "kid": kid, "n": n, "e": e, "issuer": issuer});
    let mut keys = vec![
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "other", "x": "AAAA"}),
        json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "ec", "x": x, "y": y}),
        rsa("rsa"),
    ];
    keys.extend(next.then(|| rsa("next")));
    json!({"keys": keys})
}

/// The team's key as Apple hands it out.
pub fn team_pem() -> String {
    let text = STANDARD.encode(&TEAM.1);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// The claims of a client secret that the team has signed for its key id.
pub fn team_claims(secret: &str) -> Option<Value> {
    let header = jsonwebtoken::decode_header(secret).ok()?;
    let point = TEAM.0.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    let key = jsonwebtoken::DecodingKey::from_ec_components(&x, &y).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let claims = jsonwebtoken::decode::<Value>(secret, &key, &validation).ok()?.claims;
    (header.kid.as_deref() == Some("KEY123")).then_some(claims)
}

fn rsa(text: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; RSA.public_modulus_len()];
    RSA.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
    signature
}

fn new_rsa() -> RsaKeyPair {
    use aws_lc_rs::encoding::AsDer;
    let der = NewRsa::generate(KeySize::Rsa2048).unwrap().as_der().unwrap().as_ref().to_vec();
    RsaKeyPair::from_pkcs8(&der).unwrap()
}
