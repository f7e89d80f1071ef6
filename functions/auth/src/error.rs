//! What can go wrong in auth.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use shared::{Error, Problem, ServiceError};

use crate::ProviderFault;

/// auth's errors; each has one code.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// What every service can answer.
    #[error(transparent)]
    Common(#[from] Error),
    /// Unknown account or wrong password: nobody is told which.
    #[error("The credentials are not right.")]
    InvalidCredentials,
    /// Too many failures; also for the right password.
    #[error("Too many failed attempts; try again later, or sign in another way.")]
    AccountLocked {
        /// When the lock ends.
        retry_after: Duration,
    },
    /// Told only after the right password.
    #[error("The account is suspended.")]
    AccountSuspended,
    /// Told only after the right password.
    #[error("The e-mail address is not verified yet.")]
    AccountNotVerified,
    /// A token that is not ours, or not for this purpose.
    #[error("The token is not valid.")]
    TokenInvalid,
    /// A token whose session has ended.
    #[error("The session has ended; sign in again.")]
    TokenRevoked,
    /// A refresh token that waited too long.
    #[error("The refresh token has expired; sign in again.")]
    RefreshTokenExpired,
    /// A superseded refresh token: somebody else may have it, so the session was ended.
    #[error("The refresh token was used before; the session was ended, sign in again.")]
    RefreshTokenReused,
    /// A wrong or used code.
    #[error("The code is not right.")]
    MfaInvalidCode,
    /// The challenge is over: too late, too many wrong codes, or used.
    #[error("The sign-in has expired; begin again.")]
    MfaTokenExpired,
    /// An account with this address is there.
    #[error("There is an account with this address.")]
    EmailTaken,
    /// The username is somebody's, or looks like somebody's.
    #[error("This username is taken.")]
    UsernameTaken,
    /// Too easy to guess.
    #[error("The password is too easy to guess: {0}")]
    WeakPassword(String),
    /// There is a second factor already.
    #[error("The account has a second factor already.")]
    MfaAlreadyEnabled,
    /// There is no second factor, or none is being set up.
    #[error("The account has no second factor.")]
    MfaNotEnabled,
    /// The sign-in is too long ago for this.
    #[error("This needs a fresh sign-in: show again who you are.")]
    StepUpRequired,
    /// A ceremony that is not ours, over, or not answered as asked.
    #[error("The passkey could not be checked.")]
    WebauthnFailed,
    /// One passkey more than an account may have.
    #[error("The account has {most} passkeys already; remove one first.")]
    TooManyPasskeys {
        /// How many it may have.
        most: u32,
    },
    /// Without it nobody could sign in any more.
    #[error("This is the account's last way to sign in; add another one first.")]
    LastWayIn,
    /// An OAuth state that is not ours, over, used, or somebody else's.
    #[error("The sign-in with this provider has expired or began elsewhere; begin again.")]
    OauthStateInvalid,
    /// The provider is down, or says what cannot be believed.
    #[error("The provider did not confirm the sign-in.")]
    OauthProviderError(#[from] ProviderFault),
    /// There is no such provider.
    #[error("There is no such provider.")]
    OauthProviderUnknown,
    /// No session of one's own with this id.
    #[error("There is no such session.")]
    SessionNotFound,
}

impl ServiceError for AuthError {
    fn problem(&self) -> Problem {
        match self {
            Self::Common(error) => error.problem(),
            Self::InvalidCredentials => Problem::new(401, "INVALID_CREDENTIALS"),
            Self::AccountLocked { retry_after } => Problem::retry_after(423, "ACCOUNT_LOCKED", *retry_after),
            Self::AccountSuspended => Problem::new(403, "ACCOUNT_SUSPENDED"),
            Self::AccountNotVerified => Problem::new(403, "ACCOUNT_NOT_VERIFIED"),
            Self::TokenInvalid => Problem::new(401, "TOKEN_INVALID"),
            Self::TokenRevoked => Problem::new(401, "TOKEN_REVOKED"),
            Self::RefreshTokenExpired => Problem::new(401, "REFRESH_TOKEN_EXPIRED"),
            Self::RefreshTokenReused => Problem::new(401, "REFRESH_TOKEN_REUSED"),
            Self::MfaInvalidCode => Problem::new(400, "MFA_INVALID_CODE"),
            Self::MfaTokenExpired => Problem::new(401, "MFA_TOKEN_EXPIRED"),
            Self::EmailTaken => Problem::new(409, "EMAIL_TAKEN"),
            Self::UsernameTaken => Problem::new(409, "USERNAME_TAKEN"),
            Self::WeakPassword(_) => Problem::new(400, "WEAK_PASSWORD"),
            Self::MfaAlreadyEnabled => Problem::new(409, "MFA_ALREADY_ENABLED"),
            Self::MfaNotEnabled => Problem::new(400, "MFA_NOT_ENABLED"),
            Self::StepUpRequired => Problem::later(403, "STEP_UP_REQUIRED"),
            Self::WebauthnFailed => Problem::new(400, "WEBAUTHN_FAILED"),
            Self::TooManyPasskeys { .. } | Self::LastWayIn => Problem::later(409, "CONFLICT"),
            Self::OauthStateInvalid => Problem::new(400, "OAUTH_STATE_INVALID"),
            Self::OauthProviderError(_) => Problem::new(502, "OAUTH_PROVIDER_ERROR"),
            Self::OauthProviderUnknown => Problem::new(404, "OAUTH_PROVIDER_UNKNOWN"),
            Self::SessionNotFound => Problem::new(404, "SESSION_NOT_FOUND"),
        }
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        shared::http::refuse(&self).into_response()
    }
}
