//! What can go wrong in auth.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use shared::{Error, Problem, ServiceError};

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
            Self::SessionNotFound => Problem::new(404, "SESSION_NOT_FOUND"),
        }
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        shared::http::refuse(&self).into_response()
    }
}
