//! TOTP (RFC 6238): six digits, 30 s, SHA-1, one step of drift.

use jiff::Timestamp;
use shared::Error;
use shared::auth::UserId;
use shared::seal::{Purpose, Sealer};
use totp_rs::{Algorithm, Builder, Secret};

use crate::accounts::Totp;

const PURPOSE: Purpose = "totp secret";
/// As authenticators show it.
const ISSUER: &str = "EventZR";

/// Seals a TOTP secret, bound to its account.
pub(crate) fn seal_totp_secret(sealer: &Sealer, user: UserId, secret: &[u8]) -> Result<String, Error> {
    sealer.seal(PURPOSE, user.0.as_bytes(), secret)
}

/// The step that `code` is for, if it is right now and was not used.
pub(super) fn matching_step(
    sealer: &Sealer,
    user: UserId,
    totp: &Totp,
    code: &str,
    now: Timestamp,
) -> Result<Option<u64>, Error> {
    let secret = sealer
        .open(PURPOSE, user.0.as_bytes(), &totp.sealed_secret)
        .ok_or_else(|| Error::internal("a TOTP secret does not open under DATA_KEYS"))?;
    let generator = generator(secret)?;
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    Ok(generator.check(code, seconds).filter(|step| *step > totp.last_step))
}

/// What makes the codes of a secret.
fn generator(secret: impl Into<Secret>) -> Result<totp_rs::Totp, Error> {
    settings(secret).build().map_err(|error| wrong(&error))
}

/// The address by which authenticators take a secret over.
pub(super) fn otpauth_url(secret: &Secret, email: &str) -> Result<String, Error> {
    // A colon would part issuer and account.
    let account = email.replace(':', "_");
    let totp = settings(secret.clone())
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|error| wrong(&error))?;
    totp.to_url().map_err(|error| wrong(&error))
}

fn settings(secret: impl Into<Secret>) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
}

fn wrong(error: &totp_rs::TotpError) -> Error {
    Error::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_code_is_right_once_and_within_one_step() {
        let keys = r#"{"active":"1","1":"0123456789abcdef0123456789abcdef"}"#;
        let sealer = Sealer::from_env(&[("DATA_KEYS".to_owned(), keys.to_owned())].into_iter().collect()).unwrap();
        let user = UserId(Uuid::from_u128(1));
        let sealed_secret = seal_totp_secret(&sealer, user, b"12345678901234567890").unwrap();
        let totp = |last_step| Totp { sealed_secret: sealed_secret.clone(), last_step, backup_codes: Vec::new() };
        let check = |code: &str, second: i64, last_step| {
            matching_step(&sealer, user, &totp(last_step), code, Timestamp::from_second(second).unwrap()).unwrap()
        };
        // Appendix B of RFC 6238, SHA-1 at 59 s, its last six digits.
        assert_eq!(check("287082", 59, 0), Some(1));
        assert_eq!(check("287082", 59, 1), None);
        assert_eq!(check("287082", 89, 0), Some(1));
        assert_eq!(check("287082", 90, 0), None);
        assert_eq!(check("287083", 59, 0), None);
        for nonsense in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(check(nonsense, 59, 0), None, "{nonsense}");
        }
    }
}
