//! The topics that every service has.

use std::time::Duration;

use super::{ConfigError, Env};

/// Where the platform runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// On a developer's machine, on the embedded AWS.
    Local,
    /// Deployed; its name does not matter to the code.
    Deployed,
}

impl Stage {
    /// Reads `STAGE`. A deployed stage refuses to start with a `DANGEROUS_*` switch or an
    /// AWS endpoint override: both belong to development.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        if env.require("STAGE")? == "local" {
            return Ok(Self::Local);
        }
        let forbidden = env.names_with_prefix("DANGEROUS_").chain(env.names_with_prefix("AWS_ENDPOINT_URL")).next();
        match forbidden {
            Some(name) => Err(ConfigError::new(name, "must not be set on a deployed stage")),
            None => Ok(Self::Deployed),
        }
    }
}

/// How tokens are made and checked.
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// `iss`, and where discovery is found.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// How long an access token lives.
    pub access_ttl: Duration,
}

impl TokenConfig {
    /// Reads `TOKEN_ISSUER`, `TOKEN_AUDIENCE` and `ACCESS_TOKEN_TTL_SECONDS` (60..=3600, default 900).
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let ttl = env.number_or("ACCESS_TOKEN_TTL_SECONDS", 900, 60..=3600)?;
        Ok(Self {
            issuer: url(env, "TOKEN_ISSUER")?,
            audience: env.require("TOKEN_AUDIENCE")?.to_owned(),
            access_ttl: Duration::from_secs(ttl.into()),
        })
    }
}

/// Which web pages may call us.
#[derive(Clone, Debug)]
pub struct CorsConfig {
    /// Exact origins, `https://app.example.com`.
    pub allowed_origins: Vec<String>,
}

impl CorsConfig {
    /// Reads `ALLOWED_ORIGINS`, a comma-separated list. `*` is refused, since answers carry credentials.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let text = env.get("ALLOWED_ORIGINS").unwrap_or_default();
        let allowed_origins: Vec<String> =
            text.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(str::to_owned).collect();
        let wrong = allowed_origins.iter().any(|origin| {
            origin.parse::<http::Uri>().map_or(true, |uri| uri.scheme().is_none() || uri.authority().is_none())
                || origin.ends_with('/')
        });
        if wrong {
            return Err(ConfigError::new("ALLOWED_ORIGINS", "must be a list of origins like https://app.example.com"));
        }
        Ok(Self { allowed_origins })
    }
}

/// Where the docs page gets its script.
#[derive(Clone, Debug)]
pub struct DocsConfig {
    /// Address of Scalar's script.
    pub script_url: String,
    /// Subresource integrity of that script, if it comes from elsewhere.
    pub script_integrity: Option<String>,
}

impl DocsConfig {
    /// Reads `DOCS_SCRIPT_URL` and `DOCS_SCRIPT_INTEGRITY`.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            script_url: env.require("DOCS_SCRIPT_URL")?.to_owned(),
            script_integrity: env.get("DOCS_SCRIPT_INTEGRITY").map(str::to_owned),
        })
    }
}

/// How the AWS SDK finds its way. On Lambda and Fargate all of it comes from the SDK's own chain.
#[derive(Clone, Debug, Default)]
pub struct AwsConfig {
    /// `AWS_ENDPOINT_URL`.
    pub endpoint: Option<String>,
    /// `AWS_REGION`.
    pub region: Option<String>,
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, only ever with an endpoint override.
    pub keys: Option<(String, String)>,
}

impl AwsConfig {
    /// Reads the SDK's variables from `env`, so that several services can live in one process.
    #[must_use]
    pub fn from_env(env: &Env) -> Self {
        let endpoint = env.get("AWS_ENDPOINT_URL").map(str::to_owned);
        let keys = match (&endpoint, env.get("AWS_ACCESS_KEY_ID"), env.get("AWS_SECRET_ACCESS_KEY")) {
            (Some(_), Some(id), Some(secret)) => Some((id.to_owned(), secret.to_owned())),
            _ => None,
        };
        Self { endpoint, region: env.get("AWS_REGION").map(str::to_owned), keys }
    }
}

/// An `http(s)` address without a slash at its end.
pub fn url(env: &Env, variable: &str) -> Result<String, ConfigError> {
    let text = env.require(variable)?;
    let good = text.parse::<http::Uri>().is_ok_and(|uri| matches!(uri.scheme_str(), Some("https" | "http")));
    if good && !text.ends_with('/') {
        Ok(text.to_owned())
    } else {
        Err(ConfigError::new(variable, "must be an http(s) address without a slash at its end"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Env {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_deployed_stage_refuses_development_switches() {
        for name in ["DANGEROUS_ALLOW_PRIVATE_WEBHOOKS", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"] {
            assert_eq!(Stage::from_env(&env(&[("STAGE", "prod"), (name, "x")])).unwrap_err().variable, name);
            assert_eq!(Stage::from_env(&env(&[("STAGE", "local"), (name, "x")])).unwrap(), Stage::Local);
        }
        assert_eq!(Stage::from_env(&env(&[("STAGE", "prod")])).unwrap(), Stage::Deployed);
    }

    #[test]
    fn a_star_is_no_origin() {
        for wrong in ["*", "https://a.example/", "a.example"] {
            assert!(CorsConfig::from_env(&env(&[("ALLOWED_ORIGINS", wrong)])).is_err(), "{wrong}");
        }
        let good = CorsConfig::from_env(&env(&[("ALLOWED_ORIGINS", "https://a.example, http://localhost:3000")]));
        assert_eq!(good.unwrap().allowed_origins.len(), 2);
    }
}
