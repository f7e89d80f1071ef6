//! The device of a request, as sessions remember it.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use http::header::USER_AGENT;
use http::request::Parts;
use shared::Error;
use shared::auth::UserId;
use shared::http::{ClientAddress, Refusal};
use shared::seal::{self, Purpose, Sealer};

use super::Device;

const PURPOSE: Purpose = "device";
/// What a user agent's name holds, and what people call it. The first one counts: some name several.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

impl Device {
    /// As its owner may know it: `Firefox on Linux`.
    #[must_use]
    pub fn label(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default();
        let known =
            |list: &[(&str, &'static str)]| list.iter().find(|(part, _)| name.contains(part)).map(|(_, name)| *name);
        match (known(&BROWSERS), known(&SYSTEMS)) {
            (Some(browser), Some(system)) => format!("{browser} on {system}"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => "an unknown device".to_owned(),
        }
    }

    /// By which it is known again for this account: the program and the network, hidden.
    pub(crate) fn tag(&self, sealer: &Sealer, user: UserId) -> Result<String, Error> {
        let text = format!("{user}|{}|{}", self.label(), self.network());
        Ok(seal::digest(&sealer.mac(PURPOSE, text.as_bytes())?))
    }

    /// The /24 of an IPv4 address; of IPv6 the /64 that it already is.
    pub(crate) fn network(&self) -> String {
        match self.address.parse() {
            Ok(IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                Ipv4Addr::new(a, b, c, 0).to_string()
            }
            _ => self.address.clone(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let address = ClientAddress::from_request_parts(parts, state).await?;
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self::new(user_agent, address.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_know_their_devices_by_program_and_system() {
        let label = |name| Device::new(Some(name), String::new()).label();
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        let iphone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";
        assert_eq!(label(firefox), "Firefox on Linux");
        assert_eq!(label(edge), "Edge on Windows");
        assert_eq!(label(iphone), "Safari on iPhone");
        assert_eq!(label("curl/8.0"), "curl");
        assert_eq!(label("x"), "an unknown device");
    }

    #[test]
    fn a_device_is_known_again_by_program_and_network() {
        let keys = r#"{"active":"1","1":"0123456789abcdef0123456789abcdef"}"#;
        let sealer = Sealer::from_env(&[("DATA_KEYS".to_owned(), keys.to_owned())].into_iter().collect()).unwrap();
        let user = UserId(uuid::Uuid::nil());
        let tag = |name, address: &str| Device::new(Some(name), address.to_owned()).tag(&sealer, user).unwrap();
        assert_eq!(tag("curl/8.0", "192.0.2.1"), tag("curl/8.1", "192.0.2.200"));
        assert_ne!(tag("curl/8.0", "192.0.2.1"), tag("curl/8.0", "192.0.3.1"));
        assert_ne!(tag("curl/8.0", "192.0.2.1"), tag("Firefox", "192.0.2.1"));
    }
}
