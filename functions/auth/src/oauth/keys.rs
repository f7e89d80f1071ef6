//! A provider's public keys (RFC 7517), and the signatures of its ID tokens.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ProviderFault;

/// A longer token is not worth a signature's check.
const LONGEST_TOKEN: usize = 16 * 1024;

/// A key set. What is not understood of a key is left out, and keys of other kinds verify nothing.
#[derive(Debug, Deserialize)]
pub(super) struct KeySet {
    keys: Vec<PublicKey>,
}

/// One key.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PublicKey {
    kid: Option<String>,
    kty: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// Microsoft: for which of its issuers, possibly with `{tenantid}` in it.
    pub(super) issuer: Option<String>,
}

impl KeySet {
    /// The key with this id.
    pub(super) fn find(&self, kid: &str) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.kid.as_deref() == Some(kid))
    }
}

impl PublicKey {
    /// The claims of a token that this key has signed. Which algorithm that is, the key says, not the token (RFC 8725).
    pub(super) fn verify<T: DeserializeOwned>(&self, token: &str) -> Result<T, ProviderFault> {
        let (algorithm, key) = self.algorithm().ok_or(ProviderFault::IdToken("its key signs no ID tokens"))?;
        let mut validation = Validation::new(algorithm);
        // The library reads the system's time, and knows neither `azp` nor `nonce`: the claims are checked by us.
        validation.required_spec_claims.clear();
        (validation.validate_exp, validation.validate_aud) = (false, false);
        let decoded = jsonwebtoken::decode(token, &key, &validation);
        Ok(decoded.map_err(|_| ProviderFault::IdToken("its signature or its form"))?.claims)
    }

    fn algorithm(&self) -> Option<(Algorithm, DecodingKey)> {
        let (algorithm, name, key) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => {
                let key = DecodingKey::from_rsa_components(self.n.as_deref()?, self.e.as_deref()?);
                (Algorithm::RS256, "RS256", key)
            }
            ("EC", Some("P-256")) => {
                let key = DecodingKey::from_ec_components(self.x.as_deref()?, self.y.as_deref()?);
                (Algorithm::ES256, "ES256", key)
            }
            _ => return None,
        };
        let agrees = |said: &Option<String>, ours: &str| said.as_ref().is_none_or(|said| said == ours);
        (agrees(&self.alg, name) && agrees(&self.purpose, "sig")).then_some((algorithm, key.ok()?))
    }
}

/// The id of the key by which a token says that it is signed.
pub(super) fn key_id(token: &str) -> Result<String, ProviderFault> {
    if token.len() > LONGEST_TOKEN {
        return Err(ProviderFault::IdToken("it is too long"));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| ProviderFault::IdToken("its header"))?;
    if header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.crit.is_some() {
        return Err(ProviderFault::IdToken("it names a key of its own"));
    }
    header.kid.ok_or(ProviderFault::IdToken("it names no key"))
}
