//! `GET /erasures/{id}`: the proof, for whoever has its id; the account that asked for it is gone.

use axum::extract::State as Extract;
use shared::Error;
use shared::http::{Envelope, PathParams, Reply};
use uuid::Uuid;

use super::model::ErasureView;
use crate::{AuthError, State};

/// How far an erasure is, and its signed receipt. It names no person: its id is known to the account's owner alone.
#[utoipa::path(
    get, path = "/erasures/{id}", operation_id = "getErasure", tag = "profile", params(("id" = Uuid, Path)),
    responses((status = 200, body = Envelope<ErasureView>))
)]
pub(crate) async fn get_erasure(
    Extract(state): Extract<State>,
    PathParams(id): PathParams<Uuid>,
) -> Result<Reply<ErasureView>, AuthError> {
    let erasure = state.erasures.get(id).await?.ok_or(Error::NotFound)?;
    Ok(Reply::ok(erasure.into()))
}
