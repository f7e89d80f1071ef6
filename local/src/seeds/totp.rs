//! The second factor of seeded accounts, as an authenticator app would show it.

use jiff::Timestamp;
use serde::Serialize;
use totp_rs::{Builder, Secret};

use super::SeededAccount;

/// What an authenticator app knows at one moment (RFC 6238, SHA-1, 6 digits, 30 s).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CurrentCode {
    /// Base32, as it is typed into an app.
    secret: String,
    otpauth_url: String,
    pub(crate) code: String,
    pub(crate) seconds_left: u64,
}

impl SeededAccount {
    /// The code of `now`; `None` for an account without a second factor.
    pub(crate) fn current_code(&self, now: Timestamp) -> Option<CurrentCode> {
        let secret = Secret::new_stack(*self.totp_secret?);
        let text = secret.to_base32();
        let totp = Builder::new().with_secret(secret).build().ok()?;
        let seconds = u64::try_from(now.as_second()).ok()?;
        Some(CurrentCode {
            otpauth_url: format!("otpauth://totp/EventZR%20local:{}?secret={text}&issuer=EventZR%20local", self.email),
            secret: text,
            code: totp.generate(seconds).to_string(),
            seconds_left: totp.next_step(seconds) - seconds,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds::ACCOUNTS;

    #[test]
    fn the_code_is_that_of_rfc_6238() {
        // The RFC's own secret and its first test value, cut to 6 digits.
        let account = SeededAccount { totp_secret: Some(b"12345678901234567890"), ..ACCOUNTS[4] };
        let code = account.current_code(Timestamp::from_second(59).unwrap()).unwrap();
        assert_eq!((code.code.as_str(), code.seconds_left), ("287082", 1));
        assert_eq!(code.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
