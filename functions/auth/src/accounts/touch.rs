//! What a sign-in writes into its account.

use shared::store::Action;

use super::store::key;
use super::{Account, Accounts, Identity};

/// What a sign-in changes in an account; of that on which other sign-ins depend, only its identities.
#[derive(Debug, Default)]
pub(crate) struct Touch {
    /// A new hash of the same password.
    pub(crate) password_hash: Option<String>,
    /// The devices, with a new one.
    pub(crate) devices: Option<Vec<String>>,
    /// The TOTP step that is used up.
    pub(crate) totp_step: Option<u64>,
    /// The backup codes that are left.
    pub(crate) backup_codes: Option<Vec<String>>,
    /// The identities, with a new one.
    pub(crate) identities: Option<Vec<Identity>>,
}

impl Accounts {
    /// The write of what a sign-in changes, on the condition that nothing has changed on which it depends.
    pub(crate) fn touch(&self, account: &Account, touch: &Touch) -> Action {
        let changes = [
            touch.password_hash.is_some().then_some("account.passwordHash = :hash"),
            touch.devices.is_some().then_some("account.devices = :devices"),
            touch.totp_step.is_some().then_some("account.totp.lastStep = :step"),
            touch.backup_codes.is_some().then_some("account.totp.backupCodes = :codes"),
            touch.identities.is_some().then_some(
                "account.identities = :identities, account.securityVersion = account.securityVersion + :one",
            ),
        ];
        let changes: Vec<&str> = changes.into_iter().flatten().collect();
        let mut condition = "account.securityVersion = :read".to_owned();
        if changes.is_empty() {
            return self.table.check(&key(account.id)).when(condition).value(":read", account.security_version);
        }
        let update = format!("SET account.version = account.version + :one, {}", changes.join(", "));
        let mut action = self.table.update(&key(account.id), &update).value(":one", 1);
        if let Some(hash) = &touch.password_hash {
            action = action.value(":hash", hash);
        }
        if let Some(devices) = &touch.devices {
            action = action.value(":devices", devices);
        }
        if let Some(identities) = &touch.identities {
            action = action.value(":identities", identities);
        }
        if let Some(step) = touch.totp_step {
            condition.push_str(" AND account.totp.lastStep < :step");
            action = action.value(":step", step);
        }
        if let Some(codes) = &touch.backup_codes {
            // Whoever uses another one at the same time comes second.
            condition.push_str(" AND account.totp.backupCodes = :codesRead");
            let read = account.totp.as_ref().map(|totp| &totp.backup_codes);
            action = action.value(":codes", codes).value(":codesRead", read);
        }
        action.when(condition).value(":read", account.security_version)
    }
}
