//! `GET /webauthn/credentials`: one's own passkeys.

use axum::extract::State as Extract;
use shared::auth::Principal;
use shared::http::{Envelope, ErrorEnvelope, Paging, Reply};
use shared::store::Position;

use super::model::PasskeyView;
use crate::{AuthError, State};

/// Lists one's own passkeys, newest first.
#[utoipa::path(
    get, path = "/webauthn/credentials", operation_id = "listPasskeys", tag = "passkeys", params(Paging),
    responses(
        (status = 200, body = Envelope<Vec<PasskeyView>>),
        (status = 400, description = "VALIDATION_FAILED or INVALID_CURSOR", body = ErrorEnvelope),
    )
)]
pub(crate) async fn list_passkeys(
    Extract(state): Extract<State>,
    principal: Principal,
    paging: Paging,
) -> Result<Reply<Vec<PasskeyView>>, AuthError> {
    let pager = paging.open::<Position>(state.platform.sealer(), &principal, "passkeys", &())?;
    let rows = state.passkeys.page(principal.user(), pager.limit(), pager.start().cloned()).await?;
    let page = pager.page(rows.next.as_ref())?;
    Ok(Reply::page(rows.items.into_iter().map(PasskeyView::from).collect(), page))
}
