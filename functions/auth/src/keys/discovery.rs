//! `GET /.well-known/openid-configuration`, so that an API Gateway JWT authorizer finds the keys.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use serde::Serialize;
use utoipa::ToSchema;

use crate::State;

/// Who issues tokens, and where its keys are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Discovery {
    issuer: String,
    jwks_uri: String,
    response_types_supported: [&'static str; 1],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
}

/// Discovery. Not in the envelope.
#[utoipa::path(get, path = "/.well-known/openid-configuration", tag = "keys", responses((status = 200, body = Discovery)))]
pub(crate) async fn discovery(Extract(state): Extract<State>) -> Response {
    let issuer = state.platform.tokens().issuer.clone();
    let document = Discovery {
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        issuer,
        response_types_supported: ["token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
    };
    ([(CACHE_CONTROL, "public, max-age=300")], axum::Json(document)).into_response()
}
