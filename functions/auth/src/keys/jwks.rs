//! `GET /.well-known/jwks.json` and `GET /.well-known/erasure-keys.json` (RFC 7517).

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use serde::Serialize;
use shared::auth::PublicKey;
use utoipa::ToSchema;

use crate::{AuthError, State};

/// The published keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonWebKeySet {
    keys: Vec<JsonWebKey>,
}

/// One RSA public key.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonWebKey {
    #[schema(example = "RSA")]
    kty: &'static str,
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    purpose: &'static str,
    #[schema(example = "RS256")]
    alg: &'static str,
    kid: String,
    n: String,
    e: String,
}

/// The keys that tokens are verified with, the next one too. Not in the envelope.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "keys", responses((status = 200, body = JsonWebKeySet)))]
pub(crate) async fn jwks(Extract(state): Extract<State>) -> Result<Response, AuthError> {
    Ok(key_set(state.keys.published().await?))
}

/// The keys that receipts of erasures are verified with: all that ever signed, so that a receipt stays a proof. Tokens are
/// not to be verified with them. Not in the envelope.
#[utoipa::path(
    get, path = "/.well-known/erasure-keys.json", operation_id = "erasureKeys", tag = "keys",
    responses((status = 200, body = JsonWebKeySet))
)]
pub(crate) async fn erasure_keys(Extract(state): Extract<State>) -> Result<Response, AuthError> {
    Ok(key_set(state.keys.all_ever().await?))
}

fn key_set(keys: Vec<PublicKey>) -> Response {
    let keys = keys.into_iter().map(|key| JsonWebKey {
        kty: "RSA",
        purpose: "sig",
        alg: "RS256",
        kid: key.kid,
        n: key.n,
        e: key.e,
    });
    let set = JsonWebKeySet { keys: keys.collect() };
    ([(CACHE_CONTROL, "public, max-age=300")], axum::Json(set)).into_response()
}
