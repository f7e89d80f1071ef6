//! What every answer goes through: context, guard, JSON with validation, idempotency, envelope.

mod address;
mod api;
mod at_most;
mod body;
mod context;
mod docs;
mod document;
mod envelope;
mod guard;
mod idempotency;
mod input;
mod paging;
mod reply;
mod routes;
mod rule;
pub mod rules;

pub use address::ClientAddress;
pub use api::{Api, cors};
pub use at_most::AtMost;
pub use context::{RequestContext, answer_refusal, to_its_end};
pub use envelope::{Envelope, ErrorBody, ErrorEnvelope, Meta, Page};
pub use idempotency::{Finished, Idempotency, IdempotencyStore};
pub use input::{Json, PathParams, Query, from_json, from_value};
pub use paging::{Pager, Paging};
pub use reply::{Refusal, Reply, refuse};
pub use routes::Routes;
pub use rule::Rule;

#[doc(hidden)]
pub use utoipa_axum;

pub(crate) use address::behind_load_balancer;
