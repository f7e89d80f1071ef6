//! Who began a sign-in: a browser, by a cookie, or a program, by a code challenge of its own. Without it somebody could
//! finish his own sign-in in another one's browser.

use http::HeaderMap;
use http::header::COOKIE;
use serde::{Deserialize, Serialize};
use shared::seal;

use super::store::LIFETIME;

/// Digits of the state's digest that tell cookies of sign-ins at the same time apart.
const COOKIE_TAG: usize = 16;

/// Whoever began, as it is stored: neither the cookie nor the code verifier can be had from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Starter {
    /// Who has this cookie; its digest.
    Browser(String),
    /// Who knows the code verifier of this S256 challenge (RFC 7636).
    Program(String),
}

impl Starter {
    /// The browser that gets `cookie`.
    pub(super) fn browser(cookie: &str) -> Self {
        Self::Browser(seal::digest(cookie.as_bytes()))
    }

    /// Whoever sends a request for `state`: with a code verifier a program, else a browser with its cookie.
    pub(super) fn of_request(headers: &HeaderMap, state: &str, code_verifier: Option<&str>) -> Option<Self> {
        match code_verifier {
            Some(verifier) => Some(Self::Program(s256(verifier))),
            None => cookie(headers, &cookie_name(state)).map(Self::browser),
        }
    }
}

/// The S256 challenge of a code verifier: its SHA-256 in base64url.
pub(super) fn s256(verifier: &str) -> String {
    seal::digest(verifier.as_bytes())
}

/// The header that gives a browser its cookie.
pub(super) fn set_cookie(state: &str, value: &str) -> String {
    // Without a lifetime of the browser's own: it ends with the state. `None`, since the application is another site.
    let (name, seconds) = (cookie_name(state), LIFETIME.as_secs());
    format!("{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=None")
}

/// The header that takes it away again.
pub(super) fn clear_cookie(state: &str) -> String {
    format!("{}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=None", cookie_name(state))
}

fn cookie_name(state: &str) -> String {
    let digest = seal::digest(state.as_bytes());
    format!("__Host-oauth-{}", &digest[..COOKIE_TAG])
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_challenge_is_that_of_the_standard() {
        // Appendix B of RFC 7636.
        let challenge = s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_browser_is_known_by_the_cookie_of_its_state() {
        let set = set_cookie("state", "value");
        let pair = set.split(';').next().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(&format!("other=1; {pair}")).unwrap());
        assert_eq!(Starter::of_request(&headers, "state", None), Some(Starter::browser("value")));
        assert_eq!(Starter::of_request(&headers, "another", None), None);
        assert_eq!(Starter::of_request(&headers, "state", Some("verifier")), Some(Starter::Program(s256("verifier"))));
    }
}
