//! Configuration from environment variables, read once at start.
//!
//! Each topic is one small struct with a `from_env`; what is wrong is named by its variable.

mod topics;

use std::collections::BTreeMap;
use std::str::FromStr;

pub use topics::{AwsConfig, CorsConfig, DocsConfig, Stage, TokenConfig, url};

/// A variable that is missing or wrong.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("environment variable {variable}: {problem}")]
pub struct ConfigError {
    /// The variable's name.
    pub variable: String,
    /// What is wrong with it; never its value, which may be a secret.
    pub problem: String,
}

impl ConfigError {
    /// An error about `variable`.
    pub fn new(variable: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { variable: variable.into(), problem: problem.into() }
    }
}

/// The environment a service was started with: the process's, or one made for it.
#[derive(Clone, Debug, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// The variable, or `None` if it is not set or empty.
    #[must_use]
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A variable that must be set.
    pub fn require(&self, variable: &str) -> Result<&str, ConfigError> {
        self.get(variable).ok_or_else(|| ConfigError::new(variable, "is not set"))
    }

    /// A variable that is parsed, or `default` if it is not set.
    pub fn parse_or<T: FromStr>(&self, variable: &str, default: T) -> Result<T, ConfigError> {
        match self.get(variable) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| ConfigError::new(variable, "cannot be parsed")),
        }
    }

    /// A number within bounds, or `default` if it is not set.
    pub fn number_or(
        &self,
        variable: &str,
        default: u32,
        bounds: std::ops::RangeInclusive<u32>,
    ) -> Result<u32, ConfigError> {
        let number = self.parse_or(variable, default)?;
        if bounds.contains(&number) {
            Ok(number)
        } else {
            Err(ConfigError::new(variable, format!("must be {} to {}", bounds.start(), bounds.end())))
        }
    }

    /// Names of all variables that begin with `prefix`.
    pub fn names_with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str).filter(move |name| name.starts_with(prefix))
    }
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Env {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn an_error_names_the_variable_and_not_its_value() {
        let error = env(&[("N", "secret")]).number_or("N", 1, 1..=9).unwrap_err();
        assert_eq!(error.to_string(), "environment variable N: cannot be parsed");
        assert_eq!(env(&[("N", "10")]).number_or("N", 1, 1..=9).unwrap_err().problem, "must be 1 to 9");
        assert_eq!(env(&[]).require("TABLE").unwrap_err().variable, "TABLE");
    }

    #[test]
    fn an_empty_variable_counts_as_absent() {
        assert_eq!(env(&[("A", "")]).get("A"), None);
        assert_eq!(env(&[("A", "")]).number_or("A", 7, 1..=9).unwrap(), 7);
    }
}
