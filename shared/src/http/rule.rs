//! Who may use a route: declared once, for the guard and for the OpenAPI document.

use crate::auth::{Plan, Role};

/// The default body limit, in bytes.
const ONE_MB: usize = 1024 * 1024;

/// What a route asks of its caller. Declared beside the route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub(super) access: Access,
    pub(super) body_limit: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Public,
    Internal,
    Bearer { role: Option<Role>, plan: Option<Plan>, own: bool },
}

impl Rule {
    /// Everybody, without a token.
    #[must_use]
    pub fn public() -> Self {
        Self { access: Access::Public, body_limit: ONE_MB }
    }

    /// Whoever has the platform's internal key, in `x-internal-api-key`.
    #[must_use]
    pub fn internal() -> Self {
        Self { access: Access::Internal, body_limit: ONE_MB }
    }

    /// Whoever is signed in, whatever the role.
    #[must_use]
    pub fn bearer() -> Self {
        Self { access: Access::Bearer { role: None, plan: None, own: false }, body_limit: ONE_MB }
    }

    /// Whoever has the rights of `role`.
    #[must_use]
    pub fn role(role: Role) -> Self {
        Self { access: Access::Bearer { role: Some(role), plan: None, own: false }, body_limit: ONE_MB }
    }

    /// What is the caller's own, by the path's `{userId}`, for whoever is signed in; all others' for
    /// whoever has the rights of `role`.
    #[must_use]
    pub fn own_or(role: Role) -> Self {
        Self { access: Access::Bearer { role: Some(role), plan: None, own: true }, body_limit: ONE_MB }
    }

    /// Only tenants whose plan is at least `plan`.
    #[must_use]
    pub fn with_plan(mut self, plan: Plan) -> Self {
        if let Access::Bearer { role, own, .. } = self.access {
            self.access = Access::Bearer { role, plan: Some(plan), own };
        }
        self
    }

    /// Another body limit than 1 MB, in bytes.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }
}
