//! The providers, and who somebody is there.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::http::PathParams;
use shared::http::rules::email_address;
use shared::jobs::SignInMethod;
use utoipa::ToSchema;

use crate::AuthError;
use crate::accounts::Identity;

/// Characters of a name that are kept, as many as a profile takes.
const LONGEST_NAME: usize = 80;

/// The providers that there can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderName {
    /// Google accounts.
    Google,
    /// Work, school and personal accounts of Microsoft.
    Microsoft,
    /// GitHub.
    Github,
    /// Sign in with Apple.
    Apple,
}

/// A provider by which the account signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkedIdentity {
    /// By its name in paths.
    #[schema(example = "google")]
    provider: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    linked_at: Timestamp,
}

/// What a person is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Names {
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

/// Who has signed in at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// Who vouches.
    pub(super) issuer: String,
    /// Who he is there, for good.
    pub(super) subject: String,
    /// His address, only if the provider says that it is verified.
    pub(super) verified_email: Option<String>,
    pub(super) names: Names,
}

impl ProviderName {
    const ALL: [Self; 4] = [Self::Google, Self::Microsoft, Self::Github, Self::Apple];

    /// As it stands in paths, configuration and accounts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Github => "github",
            Self::Apple => "apple",
        }
    }

    /// As people know it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Microsoft => "Microsoft",
            Self::Github => "GitHub",
            Self::Apple => "Apple",
        }
    }

    /// The provider of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == name)
    }

    /// As a way to sign in.
    pub(super) fn method(self) -> SignInMethod {
        match self {
            Self::Google => SignInMethod::Google,
            Self::Microsoft => SignInMethod::Microsoft,
            Self::Github => SignInMethod::Github,
            Self::Apple => SignInMethod::Apple,
        }
    }
}

/// The `{provider}` of the path.
impl<S: Send + Sync> FromRequestParts<S> for ProviderName {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let named = PathParams::<String>::from_request_parts(parts, state).await;
        let PathParams(named) = named.map_err(IntoResponse::into_response)?;
        Self::named(&named).ok_or_else(|| AuthError::OauthProviderUnknown.into_response())
    }
}

impl Person {
    /// An address that is none does not count, whatever the provider says of it.
    pub(super) fn new(issuer: String, subject: String, verified_email: Option<String>, names: Names) -> Self {
        let verified_email = verified_email.filter(|email| email_address(email, &()).is_ok());
        Self { issuer, subject, verified_email, names }
    }

    /// What an account keeps of him.
    pub(super) fn identity(&self, provider: ProviderName, now: Timestamp) -> Identity {
        Identity {
            provider: provider.as_str().to_owned(),
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            linked_at: now,
        }
    }
}

impl Names {
    /// Given and family name; a full name is parted where only that is known.
    pub(super) fn new(first: Option<&str>, last: Option<&str>, full: Option<&str>) -> Self {
        let names = Self { first: first.and_then(clean), last: last.and_then(clean) };
        let full = full.unwrap_or_default().trim();
        if names.first.is_some() || names.last.is_some() || full.is_empty() {
            return names;
        }
        let (first, last) = full.split_once(' ').unwrap_or((full, ""));
        Self { first: clean(first), last: clean(last) }
    }
}

/// A name as a profile takes it; `None` if nothing is left.
fn clean(name: &str) -> Option<String> {
    let kept: String = name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

impl From<&Identity> for LinkedIdentity {
    fn from(identity: &Identity) -> Self {
        Self { provider: identity.provider.clone(), linked_at: identity.linked_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_profile_takes() {
        let parts = |names: Names| (names.first.unwrap_or_default(), names.last.unwrap_or_default());
        let two = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(parts(Names::new(Some(" Ada\u{7} "), Some("Lovelace"), Some("x"))), two("Ada", "Lovelace"));
        assert_eq!(parts(Names::new(None, None, Some("Ada King Lovelace"))), two("Ada", "King Lovelace"));
        assert_eq!(parts(Names::new(Some(" \n"), None, Some("Ada"))), two("Ada", ""));
        assert_eq!(parts(Names::new(Some(&"a".repeat(100)), None, None)).0.len(), LONGEST_NAME);
        assert_eq!(Names::new(None, None, None), Names::default());
    }

    #[test]
    fn what_is_no_address_does_not_count() {
        let of = |email: &str| {
            Person::new(String::new(), String::new(), Some(email.to_owned()), Names::default()).verified_email
        };
        assert_eq!((of("ada@example.com").is_some(), of("ada\r\n@example.com"), of("")), (true, None, None));
    }
}
