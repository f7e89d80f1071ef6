//! Sources, and what of their rows does not fit.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::auth::{Plan, TenantId, UserId};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::secrets::Secrets;

/// A source as callers write it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateSource {
    /// What it is called.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub(super) name: String,
}

/// Where a source belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    pub(super) tenant: TenantId,
    pub(super) dataset: String,
    pub(super) id: Uuid,
}

/// A source as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Source {
    pub(super) id: Uuid,
    pub(super) name: String,
    /// The tenant's, as of when it was made or its secret exchanged: rows take from the quota.
    pub(super) plan: Plan,
    pub(super) secrets: Secrets,
    pub(super) created_at: Timestamp,
    /// When it got its secret.
    pub(super) secret_at: Timestamp,
}

/// A source as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Source)]
pub(crate) struct SourceView {
    id: Uuid,
    name: String,
    dataset: String,
    /// Where rows are posted to.
    url: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it got its secret.
    #[schema(value_type = String, format = DateTime)]
    secret_changed_at: Timestamp,
}

/// A source with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceWithSecret {
    #[serde(flatten)]
    pub(super) source: SourceView,
    /// `whsec_…`, of Standard Webhooks.
    pub(super) secret: String,
}

/// A row that does not fit, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rejected {
    /// Its place in the request.
    pub(super) number: usize,
    pub(super) reason: String,
    /// As it came, as JSON.
    pub(super) given: String,
    /// Whom it is about: every user whose id stands in it.
    pub(super) users: Vec<UserId>,
    pub(super) received_at: Timestamp,
}

impl Source {
    pub(super) fn view(self, dataset: &str, public_base_url: &str) -> SourceView {
        let Self { id, name, created_at, secret_at, .. } = self;
        let url = format!("{public_base_url}/reports/v1/webhooks/incoming/{id}");
        SourceView { id, name, dataset: dataset.to_owned(), url, created_at, secret_changed_at: secret_at }
    }
}
