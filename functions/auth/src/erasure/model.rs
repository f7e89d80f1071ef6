//! An erasure, from the request to the receipt.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{TenantId, UserId};
use shared::store::TextSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// An account that is being erased, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    /// Its id, which the receipts of the services name.
    pub id: Uuid,
    /// Whose account it was.
    pub user_id: UserId,
    /// In whose audit log its end is.
    pub home: TenantId,
    /// When its owner asked for it, or somebody else proved its address.
    pub requested_at: Timestamp,
    /// Services that were told, by name.
    pub services: Vec<String>,
    /// Those of them that still know the account.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub awaited: TextSet,
    /// Address and language for the last mail, if there is one, sealed; gone with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed_contact: Option<String>,
    /// When the last service had erased everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// The signed proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
}

/// A set without elements is none to the store.
fn is_empty(set: &TextSet) -> bool {
    set.0.is_empty()
}

/// Where the last mail goes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(super) email: String,
    pub(super) locale: Option<String>,
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ErasureStatus {
    /// The account is gone; some service has not confirmed yet.
    Processing,
    /// Every service has confirmed.
    Completed,
}

/// An erasure as whoever has its id sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasureView {
    id: Uuid,
    status: ErasureStatus,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    /// Who was told to erase.
    #[schema(example = json!(["auth", "notify"]))]
    services: Vec<String>,
    /// A JWS (RS256) of type `erasure-receipt+jwt` under one of the keys of `/.well-known/erasure-keys.json`: `iss`, `jti` (the erasure), `sub`
    /// (the account's id), `iat`, `services`.
    receipt: Option<String>,
}

/// What the receipt says.
#[derive(Debug, Serialize)]
pub(super) struct ReceiptClaims<'a> {
    pub(super) iss: &'a str,
    pub(super) jti: Uuid,
    pub(super) sub: UserId,
    pub(super) iat: i64,
    pub(super) services: &'a [String],
}

impl From<Erasure> for ErasureView {
    fn from(erasure: Erasure) -> Self {
        let done = erasure.completed_at.is_some();
        Self {
            id: erasure.id,
            status: if done { ErasureStatus::Completed } else { ErasureStatus::Processing },
            requested_at: erasure.requested_at,
            completed_at: erasure.completed_at,
            services: erasure.services,
            receipt: erasure.receipt,
        }
    }
}
