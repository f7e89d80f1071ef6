//! What services tell each other. Payloads hold ids, not data, wherever the receiver can ask.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::send_message::SendMessage;
use crate::auth::{TenantId, UserId};

/// A message on a queue between services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase")]
pub enum Job {
    /// Something that reports counts.
    Fact(Fact),
    /// auth tells everybody that an account is new or changed.
    UserChanged(UserChanged),
    /// auth tells everybody that an account was erased, and what is known of it must be.
    UserErased(UserErased),
    /// A service tells auth that it has done so.
    ErasureReceipt(ErasureReceipt),
    /// auth asks everybody for what is known of an account.
    ExportUser(ExportUser),
    /// A service tells auth where that is.
    UserExported(UserExported),
    /// notify is to tell somebody something.
    SendMessage(SendMessage),
}

/// A fact of the platform's own, for the datasets of reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "camelCase")]
pub enum Fact {
    /// Somebody signed in, or tried to with a known account.
    #[serde(rename_all = "camelCase")]
    SignIn {
        /// Makes a second delivery recognisable.
        id: Uuid,
        /// Where.
        tenant_id: TenantId,
        /// Who.
        user_id: UserId,
        /// How.
        method: SignInMethod,
        /// And with what second factor.
        second_factor: Option<SecondFactor>,
        /// With what result.
        outcome: SignInOutcome,
        /// When.
        at: Timestamp,
    },
}

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignInMethod {
    /// With a password.
    Password,
    /// By a link in a mail.
    MagicLink,
    /// With a passkey that has verified its user: two factors in one.
    Passkey,
    /// By Google.
    Google,
    /// By Microsoft.
    Microsoft,
    /// By GitHub.
    Github,
    /// By Apple.
    Apple,
}

/// What somebody has shown besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SecondFactor {
    /// A code of an authenticator.
    Totp,
    /// One of the codes for when the authenticator is lost.
    BackupCode,
}

/// How a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignInOutcome {
    /// Tokens were given.
    Success,
    /// The account asked for a second factor.
    Challenged,
}

/// An account as other services know it. A later one replaces an earlier one, by `version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserChanged {
    /// Who.
    pub user_id: UserId,
    /// The account's version: an older one is dropped.
    pub version: u64,
    /// Tenants of which it is a member.
    pub tenants: Vec<TenantId>,
    /// Its address, if that is verified.
    pub verified_email: Option<String>,
    /// What others see.
    pub display_name: String,
    /// BCP 47.
    pub locale: Option<String>,
    /// IANA.
    pub time_zone: Option<String>,
}

/// An account that was erased. It never comes back under this id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserErased {
    /// Which erasure; the receipt names it.
    pub erasure_id: Uuid,
    /// Who.
    pub user_id: UserId,
    /// Every tenant of which it was ever a member.
    pub tenants: Vec<TenantId>,
}

/// Somebody wants to have what is known of his account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportUser {
    /// Which export; the answer names it.
    pub export_id: Uuid,
    /// Who.
    pub user_id: UserId,
    /// Every tenant of which it was ever a member.
    pub tenants: Vec<TenantId>,
}

/// That what a service knows of an account is in [`ExportFiles`](crate::exports::ExportFiles).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserExported {
    /// Which export.
    pub export_id: Uuid,
    /// Who.
    pub user_id: UserId,
    /// The service's short name: `notify`.
    pub service: String,
    /// What it has stored.
    pub files: Vec<ExportedFile>,
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedFile {
    /// What it is saved as.
    pub name: String,
    /// In bytes.
    pub bytes: u64,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
}

/// That a service knows nothing of an account any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasureReceipt {
    /// Which erasure.
    pub erasure_id: Uuid,
    /// Who.
    pub user_id: UserId,
    /// The service's short name: `notify`.
    pub service: String,
    /// When it had erased everything.
    pub at: Timestamp,
}
