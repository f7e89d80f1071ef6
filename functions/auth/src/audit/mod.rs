//! The audit log: every act that matters to security, by tenant and day.

pub(crate) mod list;
mod model;
mod platform;
mod store;

pub use model::{Act, ActResult, Details, Event};
pub use store::Audit;

pub(crate) use list::AuditEventView;
pub(crate) use platform::{platform_use, record_platform_use};
