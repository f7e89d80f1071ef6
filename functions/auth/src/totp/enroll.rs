//! `POST /mfa/totp/enroll`: shows a new secret. It counts once a code of it is shown.

use axum::extract::State as Extract;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Serialize;
use shared::http::{Envelope, ErrorEnvelope, Idempotency, Reply};
use shared::{Error, ids};
use totp_rs::Secret;
use utoipa::ToSchema;

use super::codes::{otpauth_url, seal_totp_secret};
use crate::caller::Caller;
use crate::change::{Answer, Whose, change};
use crate::{AuthError, State};

/// Bytes of a secret (RFC 4226 recommends 160 bits).
const SECRET: usize = 20;
/// Width of the picture, in pixels.
const PICTURE: u32 = 240;

/// What an authenticator needs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enrolled {
    /// Base32, to be typed.
    secret: String,
    /// The same as an address.
    otpauth_url: String,
    /// The same as a picture: a `data:` address of an SVG.
    qr_code: String,
}

/// Makes a TOTP secret and shows it this once, for ten minutes until `/mfa/totp/activate`. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/mfa/totp/enroll", operation_id = "enrollTotp", tag = "second factor",
    responses(
        (status = 200, body = Envelope<Enrolled>),
        (status = 403, description = "STEP_UP_REQUIRED or FORBIDDEN", body = ErrorEnvelope),
        (status = 409, description = "MFA_ALREADY_ENABLED, or IDEMPOTENCY_RESULT_NOT_STORED", body = ErrorEnvelope),
    )
)]
pub(crate) async fn enroll_totp(
    Extract(state): Extract<State>,
    caller: Caller,
    idempotency: Idempotency,
) -> Result<Reply<Enrolled>, AuthError> {
    let user = caller.principal.user();
    let secret = Secret::from(ids::random::<SECRET>()?);
    let sealed = seal_totp_secret(state.platform.sealer(), user, secret.as_ref())?;
    let otpauth_url = otpauth_url(&secret, caller.principal.email())?;
    let qr_code = picture(&otpauth_url)?;
    change(&state, &caller, &idempotency, (Whose::Own, Answer::Secret), |change| {
        change.require_fresh()?;
        if change.account.totp.is_some() {
            return Err(AuthError::MfaAlreadyEnabled);
        }
        change.add(state.enrolments.begin(user, sealed.clone()));
        let (otpauth_url, qr_code) = (otpauth_url.clone(), qr_code.clone());
        Ok(Reply::ok(Enrolled { secret: secret.to_base32(), otpauth_url, qr_code }))
    })
    .await
}

fn picture(text: &str) -> Result<String, Error> {
    let code = QrCode::new(text).map_err(|error| Error::internal(error.to_string()))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(PICTURE, PICTURE).build();
    Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}
