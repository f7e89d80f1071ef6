//! What callers send and get of documents.

use garde::Validate;
use serde::{Deserialize, Serialize};
use shared::http::AtMost;
use shared::http::rules::refuse_unless;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Document;
use crate::tasks::TaskStatus;

/// Documents that are to be found.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutDocuments {
    /// At most 1000. Of several with the same type and id, the last one counts.
    #[garde(custom(not_empty), dive)]
    #[schema(value_type = Vec<Document>, min_items = 1, max_items = 1000)]
    pub(super) documents: AtMost<Document, 1000>,
}

fn not_empty<C>(documents: &AtMost<Document, 1000>, _: &C) -> garde::Result {
    refuse_unless(!documents.0.is_empty(), "must have at least one entry")
}

/// That a write is stored, and will soon be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// For `GET /tasks/{id}`, and for the header `x-search-after`.
    pub(crate) task_id: Uuid,
    pub(crate) status: TaskStatus,
}
