//! Roles and plans.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a member may be in a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The least a member is.
    User,
    /// A user's rights plus what a service names.
    Partner,
    /// A user's rights plus what a service names.
    Developer,
    /// Runs events; includes `user`.
    Organizer,
    /// Runs the tenant; includes `organizer`.
    Admin,
    /// The platform itself; includes nothing, since it stands outside of every tenant.
    System,
}

impl Role {
    /// Whether whoever has this role has the rights of `other`.
    #[must_use]
    pub fn includes(self, other: Self) -> bool {
        match self {
            Self::Admin => matches!(other, Self::User | Self::Organizer | Self::Admin),
            Self::Organizer => matches!(other, Self::User | Self::Organizer),
            Self::Partner | Self::Developer => other == self || other == Self::User,
            Self::User | Self::System => other == self,
        }
    }

    /// As it stands in tokens and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Partner => "partner",
            Self::Developer => "developer",
            Self::Organizer => "organizer",
            Self::Admin => "admin",
            Self::System => "system",
        }
    }
}

/// The roles assigned to a member; never the implied ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Roles(pub Vec<Role>);

impl Roles {
    /// Whether any of the assigned roles has the rights of `role`.
    #[must_use]
    pub fn include(&self, role: Role) -> bool {
        self.0.iter().any(|assigned| assigned.includes(role))
    }
}

/// What a tenant pays for; each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// The least.
    Base,
    /// Adds schedules and more.
    Professional,
    /// Everything.
    Enterprise,
}

impl Plan {
    /// As it stands in tokens and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Professional => "professional",
            Self::Enterprise => "enterprise",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_include_each_other_upward() {
        let may = |role: Role, other: Role| Roles(vec![role]).include(other);
        assert!(
            may(Role::Admin, Role::Organizer) && may(Role::Organizer, Role::User) && may(Role::Developer, Role::User)
        );
        assert!(
            !may(Role::User, Role::Organizer)
                && !may(Role::Partner, Role::Developer)
                && !may(Role::Admin, Role::System)
        );
        assert!(!may(Role::System, Role::User) && !may(Role::Admin, Role::Partner));
        assert!(!Roles::default().include(Role::User));
    }

    #[test]
    fn plans_are_ordered() {
        assert!(Plan::Base < Plan::Professional && Plan::Professional < Plan::Enterprise);
    }
}
