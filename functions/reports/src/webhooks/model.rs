//! Webhooks and their rules.

use std::collections::HashSet;

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::http::AtMost;
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::secrets::Secrets;

/// A webhook as callers write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SaveWebhook {
    /// `https`, on port 443 or 8443, of the public internet.
    #[garde(length(min = 1, max = 2048))]
    #[schema(max_length = 2048, example = "https://example.com/hooks/eventzr")]
    pub(super) url: String,
    /// What it is told of.
    #[garde(custom(some_events))]
    #[schema(value_type = Vec<EventType>, min_items = 1, max_items = 10)]
    pub(super) events: AtMost<EventType, 10>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    pub(super) description: String,
    /// Whether it is told anything. An endpoint that answers 410 is not any more, until this is set again.
    #[serde(default = "yes")]
    #[garde(skip)]
    #[schema(default = true)]
    pub(super) enabled: bool,
}

/// What webhooks are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub(crate) enum EventType {
    #[serde(rename = "export.completed")]
    ExportCompleted,
    #[serde(rename = "export.failed")]
    ExportFailed,
    #[serde(rename = "schedule.failed")]
    ScheduleFailed,
}

/// A webhook as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Webhook {
    pub(super) id: Uuid,
    pub(super) wanted: SaveWebhook,
    pub(super) secrets: Secrets,
    /// Whether its endpoint has said that it is gone for good.
    pub(super) gone: bool,
    /// Counts changes.
    pub(super) version: u64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// A webhook as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
pub(crate) struct WebhookView {
    id: Uuid,
    #[serde(flatten)]
    wanted: SaveWebhook,
    /// Whether it is disabled since its endpoint has answered 410.
    gone: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// A webhook with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookWithSecret {
    #[serde(flatten)]
    pub(super) webhook: WebhookView,
    /// `whsec_…`, of Standard Webhooks.
    pub(super) secret: String,
}

impl Webhook {
    /// Whether it is told anything.
    pub(super) fn is_enabled(&self) -> bool {
        self.wanted.enabled
    }

    /// The same, after its endpoint has said that it is gone.
    pub(super) fn without_endpoint(&self, now: Timestamp) -> Self {
        let wanted = SaveWebhook { enabled: false, ..self.wanted.clone() };
        Self { wanted, gone: true, version: self.version + 1, updated_at: now, ..self.clone() }
    }

    pub(super) fn view(self) -> WebhookView {
        let Self { id, wanted, gone, created_at, updated_at, .. } = self;
        WebhookView { id, wanted, gone, created_at, updated_at }
    }
}

fn some_events<C>(events: &AtMost<EventType, 10>, _: &C) -> garde::Result {
    let different: HashSet<&EventType> = events.0.iter().collect();
    refuse_unless(!different.is_empty() && different.len() == events.0.len(), "must be there, each once")
}

fn yes() -> bool {
    true
}
