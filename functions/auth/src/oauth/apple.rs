//! Apple's client secret: a short JWT signed with the team's key.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use serde::Serialize;

use super::ProviderFault;

/// How long a secret is good: it is used at once.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// A team's key.
pub(super) struct TeamKey {
    team_id: String,
    key_id: String,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

impl TeamKey {
    /// Reads the key as Apple hands it out: PKCS #8 of P-256 in PEM.
    pub(super) fn read(team_id: String, key_id: String, pem: &str) -> Result<Self, &'static str> {
        let wrong = "its privateKey is no P-256 key in PKCS #8, as PEM";
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| wrong)?;
        let key = EncodingKey::from_ec_der(der.secret_pkcs8_der());
        let read = Self { team_id, key_id, key };
        // The library looks into the key when it signs.
        read.secret("", "", Timestamp::UNIX_EPOCH).map_err(|_| wrong)?;
        Ok(read)
    }

    /// The secret of one of the team's clients, for `issuer`.
    pub(super) fn secret(&self, client_id: &str, issuer: &str, now: Timestamp) -> Result<String, ProviderFault> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key_id.clone());
        let (iat, exp) = (now.as_second(), (now + LIFETIME).as_second());
        let claims = Claims { iss: &self.team_id, sub: client_id, aud: issuer, iat, exp };
        let signed = jsonwebtoken::encode(&header, &claims, &self.key);
        signed.map_err(|_| ProviderFault::NoRequest("the team's key does not sign"))
    }
}
