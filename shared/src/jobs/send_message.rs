//! What services have notify tell somebody. The words, the channels and the rules are notify's.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::{TenantId, UserId};

/// Something to tell somebody, free of the tenant's quota. It goes to notify's queue, by the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendMessage {
    /// Makes a second delivery of the job recognisable: what has the same id is told once.
    pub id: Uuid,
    /// Whose name it is told in.
    pub tenant_id: TenantId,
    /// Who is told.
    pub to: Addressee,
    /// What.
    pub about: About,
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Addressee {
    /// A member, as notify knows him when the message is sent: by [`UserChanged`](super::UserChanged).
    User(UserId),
    /// An address of which notify need not know anything; it may be unverified.
    #[serde(rename_all = "camelCase")]
    Address {
        /// Where the mail goes.
        email: String,
        /// BCP 47; English if there is none.
        locale: Option<String>,
    },
}

/// What somebody is told. Links may hold tokens: notify seals all of it until it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum About {
    /// auth: that an address is to be confirmed.
    VerifyAddress {
        /// Confirms it.
        link: String,
        /// How long that works.
        valid_hours: u32,
    },
    /// auth: how to set a new password.
    ResetPassword {
        /// Leads to the form.
        link: String,
        /// How long that works.
        valid_minutes: u32,
    },
    /// auth: how to sign in without a password.
    MagicLink {
        /// Signs in.
        link: String,
        /// How long that works.
        valid_minutes: u32,
    },
    /// auth: that somebody is invited to a tenant.
    Invitation {
        /// Accepts it.
        link: String,
        /// The tenant's name.
        tenant: String,
        /// The name of whoever invites.
        invited_by: String,
        /// How long that works.
        valid_days: u32,
    },
    /// auth: that the account was used from a new device.
    NewDevice {
        /// As its owner may know it: `Firefox on Linux`.
        device: String,
        /// When, in words.
        at: String,
    },
    /// auth: that somebody signs up with an address that has an account.
    AlreadyRegistered {
        /// Leads to the sign-in.
        link: String,
    },
    /// auth: that an address is to be confirmed which an account is to have.
    ChangeAddress {
        /// The account's present address, so that its owner knows it and nobody else: `a…@example.com`.
        account: String,
        /// Confirms it.
        link: String,
        /// How long that works.
        valid_hours: u32,
    },
    /// auth, to the present address: that another one is wished for.
    AddressRequested {
        /// When, in words.
        at: String,
    },
    /// auth, to the address before: that the account has another one.
    AddressChanged {
        /// When, in words.
        at: String,
    },
    /// auth: that the account has another password.
    PasswordChanged {
        /// When, in words.
        at: String,
    },
    /// auth: that there is one more way in.
    FactorAdded {
        /// By its name, which is the same in every language: `Passkey`.
        factor: String,
        /// When, in words.
        at: String,
    },
    /// auth: that there is one way in less.
    FactorRemoved {
        /// By its name, which is the same in every language: `Passkey`.
        factor: String,
        /// When, in words.
        at: String,
    },
    /// auth: that all that is known of the account can be fetched.
    ExportReady {
        /// Leads to the page that fetches it.
        link: String,
        /// How long that works.
        valid_days: u32,
    },
    /// auth: that the account has other backup codes.
    BackupCodesReplaced {
        /// When, in words.
        at: String,
    },
    /// auth: that a backup code was used.
    BackupCodeUsed {
        /// How many are left.
        left: u32,
        /// When, in words.
        at: String,
    },
    /// auth: that nothing of the account is left.
    AccountErased {
        /// Shows the proof.
        link: String,
    },
    /// chat: that a message has named a member who is away.
    Mentioned {
        /// The thread's name.
        thread: String,
    },
    /// chat: that messages wait for a member who is away.
    NewMessages {
        /// The thread's name.
        thread: String,
        /// How many.
        count: u32,
    },
    /// search: that a saved search has found something.
    SearchAlert {
        /// The saved search's name.
        search: String,
        /// How much is new.
        count: u32,
        /// Shows it.
        link: String,
    },
    /// reports: that an export can be fetched.
    ReportReady {
        /// The report's name.
        report: String,
        /// Fetches the file.
        link: String,
        /// How long that works.
        valid_hours: u32,
        /// The mail takes it along.
        #[serde(default)]
        file: Option<ReportFile>,
    },
    /// reports: that a scheduled report could not be made.
    ReportFailed {
        /// The report's name.
        report: String,
        /// Why, in words.
        problem: String,
    },
}

/// A file in the bucket of reports' files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportFile {
    /// Where it is, as reports has made it.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
}
