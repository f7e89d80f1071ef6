//! `POST /profile/email`: asks for another address. It counts once the link that is mailed there is used.
//!
//! A taken address is answered like a free one, after the same work: one look, and one transaction with the same writes.
//! Its owner is told by mail, and the link that was made is mailed to nobody. The account's present address is told of
//! every request.

use axum::extract::State as Extract;
use garde::Validate;
use serde::Deserialize;
use shared::http::rules::email_address;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Json, Reply};
use shared::jobs::About;
use shared::{Error, ids};
use utoipa::ToSchema;

use crate::accounts::Identifier;
use crate::attempts::{ADDRESSES, MAILS_FROM};
use crate::audit::Act;
use crate::caller::Caller;
use crate::change::{Answer, Whose, change, require_fresh};
use crate::links::request::{Requested, admit_mail};
use crate::links::{ChangeAddress, Purpose};
use crate::{AuthError, State, mail};

/// The address that one would like to have.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressRequest {
    /// Where the link goes; not the present one, also in other case.
    #[garde(custom(email_address))]
    #[schema(example = "ada@example.com")]
    email: String,
}

/// Mails a link to a new address, which makes it the account's within a day. The link ends with the session that asks
/// for it, with whatever else changes in how one signs in, and with another request. The answer is the same for an
/// address that has an account; its owner is told by mail. So is the present address, of each request. Needs a fresh
/// sign-in.
#[utoipa::path(
    post, path = "/profile/email", operation_id = "requestAddress", tag = "profile", request_body = AddressRequest,
    responses(
        (status = 202, body = Envelope<Requested>),
        (status = 400, description = "VALIDATION_FAILED: no address, or the present one; INVALID_JSON", body = ErrorEnvelope),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 429, description = "RATE_LIMITED; see `Retry-After`", body = ErrorEnvelope),
    )
)]
pub(crate) async fn request_address(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<AddressRequest>,
) -> Result<Reply<Requested>, AuthError> {
    // What is refused anyway counts as no mail.
    require_fresh(&state, &caller).await?;
    state.attempts.admit(ADDRESSES, &caller.principal.user().to_string()).await?;
    state.attempts.admit(MAILS_FROM, &caller.device.address).await?;
    admit_mail(&state, "address", &request.email, &caller.device).await?;
    let owner = state.accounts.find(&Identifier::email(&request.email)).await?;
    // Whoever proves an address wins over a sign-up that has not.
    let owner = owner.filter(|owner| !owner.yields_address());
    let id = ids::new(state.platform.clock());
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Kept), |change| {
        change.require_fresh()?;
        if change.account.has_address(&request.email) {
            return Err(Error::field("email", "is the account's address already").into());
        }
        // The link of an earlier request is no good from now on.
        change.account.security_version += 1;
        let link = ChangeAddress {
            user_id: change.account.id,
            session_id: caller.principal.session(),
            security_version: change.account.security_version,
            email: request.email.clone(),
        };
        let (write, link) = state.links.issue(id, &link)?;
        change.add(write);
        change.record(Act::AddressRequested, |_| {});
        let (locale, about) = if let Some(owner) = &owner {
            (owner.profile.locale.clone(), About::AlreadyRegistered { link: state.links.page("sign-in") })
        } else {
            let valid_hours = ChangeAddress::minutes() / 60;
            let account = mail::masked(&change.account.email);
            (change.account.profile.locale.clone(), About::ChangeAddress { account, link, valid_hours })
        };
        // As it was typed: how its owner spells it is seen by those who run the caller's tenant.
        change.tell((&request.email, locale.as_deref()), about)?;
        // Here, too, the same for every address.
        change.tell_owner(About::AddressRequested { at: change.now_in_words() })?;
        Ok(Reply::accepted(Requested { requested: true }))
    })
    .await
}
