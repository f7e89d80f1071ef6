//! What services tell each other. Payloads hold ids, not data, wherever the receiver can ask.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::send_message::SendMessage;
use crate::auth::{SYSTEM_TENANT, TenantId, UserId};
use crate::service::Service;

/// A message on a queue between services.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "camelCase")]
pub enum Job {
    /// Things have happened, for reports.
    Facts(Facts),
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

/// Facts of one tenant, for the datasets of reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Where.
    pub tenant_id: TenantId,
    /// At most 500, in the order in which they happened.
    pub facts: Vec<Fact>,
}

/// Something that has happened, once: it never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// Makes a second delivery recognisable.
    pub id: Uuid,
    /// Whose doing it is, or whom it is about; nobody known for a message to a bare address.
    pub user_id: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What a fact says. Names are those of the columns of reports' datasets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum What {
    /// Somebody signed in, or was asked for a second factor.
    SignIn {
        /// How.
        method: SignInMethod,
        /// And with what second factor.
        second_factor: Option<SecondFactor>,
        /// With what result.
        outcome: SignInOutcome,
    },
    /// A message of notify has got a state that is told: `sent`, `delivered`, `read`, `failed`, `bounced`, `complained`,
    /// `suppressed` or `cancelled`.
    Delivery {
        /// Which.
        delivery_id: Uuid,
        /// `email`, `sms`, `push`, `whatsapp` or `inapp`.
        channel: String,
        /// `transactional`, `marketing`, `reminder` or `system`.
        category: String,
        /// `low`, `normal`, `high` or `critical`.
        priority: String,
        /// Of which template, if of one.
        template_id: Option<Uuid>,
        /// The state.
        status: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// Somebody sent a message in a thread.
    ChatMessage {
        /// Where.
        thread_id: Uuid,
        /// Which.
        message_id: Uuid,
        /// `text`, `image`, `file`, `audio` or `video`.
        message_type: String,
        /// Whether it answers another one.
        is_reply: bool,
        /// How many files it has.
        attachments: u32,
    },
    /// Somebody searched.
    Search {
        /// As analytics count it: without case, accents and needless spaces.
        query: String,
        /// How many results there are in all.
        results: u64,
        /// How long it took, in milliseconds.
        took_ms: f64,
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

impl UserErased {
    /// Whose share of a queue its jobs are.
    #[must_use]
    pub fn share(&self) -> TenantId {
        self.tenants.first().copied().unwrap_or(SYSTEM_TENANT)
    }

    /// What tells auth that a service knows nothing of the account any more.
    #[must_use]
    pub fn receipt(&self, service: &Service, at: Timestamp) -> Job {
        let (erasure_id, user_id, service) = (self.erasure_id, self.user_id, service.name.to_owned());
        Job::ErasureReceipt(ErasureReceipt { erasure_id, user_id, service, at })
    }
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
