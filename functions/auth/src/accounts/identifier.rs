//! What somebody signs in with.

use super::username;

/// What somebody signs in with: an address or a username, without case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// An address.
    Email(String),
    /// A username.
    Username(String),
}

impl Identifier {
    /// An address, ready to compare.
    #[must_use]
    pub fn email(text: &str) -> Self {
        Self::Email(fold(text))
    }

    /// A username, ready to compare.
    #[must_use]
    pub fn username(text: &str) -> Self {
        Self::Username(username::fold(text))
    }

    /// The partition of its unique claim: of usernames that look alike there is one.
    #[must_use]
    pub fn claim(&self) -> String {
        match self {
            Self::Email(_) => self.partition(),
            Self::Username(username) => format!("USERNAME#{}", username::looks(username)),
        }
    }

    /// The partition of the account in the index.
    #[must_use]
    pub fn partition(&self) -> String {
        match self {
            Self::Email(email) => format!("EMAIL#{email}"),
            Self::Username(username) => format!("USERNAME#{username}"),
        }
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_compare_without_case() {
        assert_eq!(Identifier::email(" Ada@Example.com"), Identifier::email("ada@example.COM"));
        assert_ne!(Identifier::email("ada"), Identifier::username("ada"));
    }
}
