//! Who is seeded, and where.

use shared::auth::{Plan, Role};
use uuid::Uuid;

/// Of every seeded account.
pub(crate) const PASSWORD: &str = "Password123!";

/// A tenant that is always there.
#[derive(Debug)]
pub(crate) struct SeededTenant {
    pub(crate) id: Uuid,
    pub(crate) name: &'static str,
    pub(crate) plan: Plan,
    pub(crate) open_signup: bool,
}

const SYSTEM: SeededTenant =
    SeededTenant { id: Uuid::nil(), name: "System", plan: Plan::Enterprise, open_signup: false };
/// Open to sign-up, and where a sign-up goes that names no tenant.
pub(crate) const T1: SeededTenant =
    SeededTenant { id: Uuid::from_u128(1), name: "EventZR", plan: Plan::Base, open_signup: true };
pub(crate) const T2: SeededTenant = SeededTenant {
    id: Uuid::from_u128(0xa000_0001_0000_0000_0000_0000_0000_0001),
    name: "EventZR Professional",
    plan: Plan::Professional,
    open_signup: false,
};
const T3: SeededTenant =
    SeededTenant { id: Uuid::from_u128(3), name: "StartupCo", plan: Plan::Enterprise, open_signup: false };

/// All of them.
pub(crate) const TENANTS: [SeededTenant; 4] = [SYSTEM, T1, T2, T3];

/// An account that is always there. Its id is fixed, so that it is found again whatever becomes of its address.
#[derive(Debug)]
pub(crate) struct SeededAccount {
    pub(crate) id: Uuid,
    pub(crate) email: &'static str,
    pub(crate) first_name: &'static str,
    pub(crate) role: Role,
    /// Its memberships, with the same role everywhere; sign-in goes to the first.
    pub(crate) tenants: &'static [SeededTenant],
    pub(crate) totp_secret: Option<&'static [u8; 20]>,
}

/// All of them.
pub(crate) const ACCOUNTS: [SeededAccount; 7] = [
    account(1, "partner@eventzr.com", "Partner", Role::Partner, &[T1]),
    account(2, "user@eventzr.com", "User", Role::User, &[T1]),
    account(3, "organizer@eventzr.com", "Organizer", Role::Organizer, &[T1]),
    account(4, "admin@eventzr.com", "Admin", Role::Admin, &[T1, T2]),
    SeededAccount {
        totp_secret: Some(b"eventzr-dev-totp-key"),
        ..account(5, "dev@eventzr.com", "Developer", Role::Developer, &[T1, T2])
    },
    account(6, "system@eventzr.com", "System", Role::System, &[SYSTEM]),
    account(7, "admin@startup.co", "Startup Admin", Role::Admin, &[T3]),
];

const fn account(
    number: u128,
    email: &'static str,
    first_name: &'static str,
    role: Role,
    tenants: &'static [SeededTenant],
) -> SeededAccount {
    /// Ids that no generator gives: they look like what they are.
    const FIRST: u128 = 0x5eed_0000_0000_4000_8000_0000_0000_0000;
    SeededAccount { id: Uuid::from_u128(FIRST + number), email, first_name, role, tenants, totp_secret: None }
}

impl SeededAccount {
    /// The part before the @, of the platform's own accounts only: there is one admin@ more.
    pub(crate) fn username(&self) -> Option<&'static str> {
        self.email.strip_suffix("@eventzr.com")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn addresses_usernames_and_ids_are_unique() {
        let ids: HashSet<_> = ACCOUNTS.iter().map(|account| account.id).collect();
        let usernames: HashSet<_> = ACCOUNTS.iter().filter_map(SeededAccount::username).collect();
        assert_eq!((ids.len(), usernames.len()), (7, 6));
    }

    #[test]
    fn only_system_belongs_to_the_system_tenant_and_only_dev_has_a_second_factor() {
        for account in &ACCOUNTS {
            let system = account.tenants.iter().any(|tenant| tenant.id.is_nil());
            assert_eq!(system, account.role == Role::System, "{}", account.email);
            assert_eq!(account.totp_secret.is_some(), account.username() == Some("dev"), "{}", account.email);
        }
    }
}
