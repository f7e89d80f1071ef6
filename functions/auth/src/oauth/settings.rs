//! The providers as they stand in the configuration.

use std::net::IpAddr;

use reqwest::Url;
use serde::Deserialize;
use shared::Platform;
use shared::config::{ConfigError, Env, Stage, url};

use super::ProviderName;
use super::apple::TeamKey;
use super::github::Github;
use super::oidc::{Dialect, Oidc};
use super::provider::{ClientSecret, Protocol, Provider};
use super::requests::Requests;
use crate::config::app_base_url;

const PROVIDERS: &str = "OAUTH_PROVIDERS";
const REDIRECT_URI: &str = "OAUTH_REDIRECT_URI";
const UNSAFE: &str = "its addresses must begin with https:// and hold no password";

/// One provider in the list. What has a default need not be there.
#[derive(Deserialize)]
#[serde(tag = "name", rename_all = "lowercase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum Written {
    Google {
        client_id: String,
        client_secret: String,
        issuer: Option<Url>,
    },
    /// `common` in its issuer admits everybody, a tenant's id only that tenant.
    Microsoft {
        client_id: String,
        client_secret: String,
        issuer: Option<Url>,
    },
    Github {
        client_id: String,
        client_secret: String,
        authorization_endpoint: Option<Url>,
        token_endpoint: Option<Url>,
        api_base_url: Option<Url>,
    },
    Apple {
        client_id: String,
        team_id: String,
        key_id: String,
        private_key: String,
        issuer: Option<Url>,
    },
}

/// The application's page that people come back to: `OAUTH_REDIRECT_URI`, or `/oauth/callback` of the application. Each
/// provider has its own below it, so that none can pass for another (RFC 9700, section 4.4).
pub(super) fn page(env: &Env) -> Result<String, ConfigError> {
    if env.get(REDIRECT_URI).is_some() {
        url(env, REDIRECT_URI)
    } else {
        Ok(format!("{}/oauth/callback", app_base_url(env)?))
    }
}

/// The page of one provider.
pub(super) fn page_of(page: &str, name: ProviderName) -> String {
    format!("{page}/{}", name.as_str())
}

/// Reads `OAUTH_PROVIDERS`, a list in JSON; empty if it is not set.
pub(super) fn providers(env: &Env, platform: &Platform, page: &str) -> Result<Vec<Provider>, ConfigError> {
    let apple_form = format!("{}{}/oauth/apple/form", url(env, "PUBLIC_BASE_URL")?, platform.service().base_path);
    let wrong = |problem: String| ConfigError::new(PROVIDERS, problem);
    let list = read(env)?;
    let is_safe_page = page.parse::<Url>().is_ok_and(|page| is_safe(&page, platform.stage()));
    if !list.is_empty() && !is_safe_page {
        return Err(ConfigError::new(REDIRECT_URI, "must begin with https://"));
    }
    let mut providers: Vec<Provider> = Vec::with_capacity(list.len());
    for written in list {
        let name = written.name();
        let (client_id, secret, protocol) =
            written.parts(platform).map_err(|problem| wrong(format!("`{}`: {problem}", name.as_str())))?;
        if providers.iter().any(|other| other.name == name) {
            return Err(wrong(format!("`{}` is there twice", name.as_str())));
        }
        let redirect_uri = if name == ProviderName::Apple { apple_form.clone() } else { page_of(page, name) };
        let (clock, requests) = (platform.clock().clone(), Requests::default());
        providers.push(Provider { name, client_id, secret, protocol, redirect_uri, clock, requests });
    }
    Ok(providers)
}

/// Serde's message may quote a secret.
fn read(env: &Env) -> Result<Vec<Written>, ConfigError> {
    let text = env.get(PROVIDERS).unwrap_or("[]");
    serde_json::from_str(text).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        ConfigError::new(PROVIDERS, format!("is no list of providers: {place}"))
    })
}

impl Written {
    fn name(&self) -> ProviderName {
        match self {
            Self::Google { .. } => ProviderName::Google,
            Self::Microsoft { .. } => ProviderName::Microsoft,
            Self::Github { .. } => ProviderName::Github,
            Self::Apple { .. } => ProviderName::Apple,
        }
    }

    fn parts(self, platform: &Platform) -> Result<(String, ClientSecret, Protocol), &'static str> {
        let stage = platform.stage();
        let address = |written: Option<Url>, usual: &str| {
            let address = written.map_or_else(|| usual.parse().map_err(|_| UNSAFE), Ok)?;
            if is_safe(&address, stage) { Ok(address) } else { Err(UNSAFE) }
        };
        let oidc = |issuer, usual, dialect| {
            let issuer = address(issuer, usual)?;
            Ok::<_, &'static str>(Protocol::Oidc(Oidc::new(issuer, dialect, stage, platform.clock().clone())))
        };
        Ok(match self {
            Self::Google { client_id, client_secret, issuer } => {
                let protocol = oidc(issuer, "https://accounts.google.com", Dialect::Standard)?;
                (client_id, ClientSecret::Shared(client_secret), protocol)
            }
            Self::Microsoft { client_id, client_secret, issuer } => {
                let protocol = oidc(issuer, "https://login.microsoftonline.com/common/v2.0", Dialect::Microsoft)?;
                (client_id, ClientSecret::Shared(client_secret), protocol)
            }
            Self::Github { client_id, client_secret, authorization_endpoint, token_endpoint, api_base_url } => {
                let github = Github::new(
                    address(authorization_endpoint, "https://github.com/login/oauth/authorize")?,
                    address(token_endpoint, "https://github.com/login/oauth/access_token")?,
                    &address(api_base_url, "https://api.github.com")?,
                );
                (client_id, ClientSecret::Shared(client_secret), Protocol::Github(github?))
            }
            Self::Apple { client_id, team_id, key_id, private_key, issuer } => {
                let key = TeamKey::read(team_id, key_id, &private_key)?;
                (client_id, ClientSecret::Signed(key), oidc(issuer, "https://appleid.apple.com", Dialect::Standard)?)
            }
        })
    }
}

/// Whether codes and secrets may be sent to `url`: everywhere but on a developer's own machine they are encrypted.
pub(super) fn is_safe(url: &Url, stage: Stage) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let is_loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let encrypted = url.scheme() == "https" || (url.scheme() == "http" && stage == Stage::Local && is_loopback);
    encrypted && !host.is_empty() && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_secrets_are_sent_encrypted_but_to_ones_own_machine() {
        for (address, local, deployed) in [
            ("https://provider.example/x", true, true),
            ("http://provider.example/x", false, false),
            ("http://127.0.0.1:1/", true, false),
            ("http://[::1]:1/", true, false),
            ("http://localhost:1/", true, false),
            ("http://127.0.0.1.example/", false, false),
            ("https://user:secret@provider.example/", false, false),
            ("file:///etc/passwd", false, false),
        ] {
            let url: Url = address.parse().unwrap();
            assert_eq!((is_safe(&url, Stage::Local), is_safe(&url, Stage::Deployed)), (local, deployed), "{address}");
        }
    }

    #[test]
    fn wrong_settings_are_refused_without_being_quoted() {
        let read = |text: &str| read(&[(PROVIDERS.to_owned(), text.to_owned())].into_iter().collect());
        assert_eq!(read(r#"[{"name":"google","clientId":"a","clientSecret":"secret"}]"#).unwrap().len(), 1);
        for wrong in [
            "secret",
            r#"[{"name":"secret"}]"#,
            r#"[{"name":"google","clientId":"a"}]"#,
            r#"[{"name":"google","clientId":"a","clientSecret":"b","secret":"c"}]"#,
            r#"[{"name":"google","clientId":"a","clientSecret":"b","issuer":"secret"}]"#,
        ] {
            let problem = read(wrong).err().unwrap().problem;
            assert!(!problem.contains("secret"), "{wrong}: {problem}");
        }
    }
}
