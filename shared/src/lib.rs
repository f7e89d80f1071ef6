//! What all five EventZR services stand on.
//!
//! Nothing here imports upward: [`http`], [`lambda`] and [`server`] stand on [`auth`], [`jobs`] and [`exports`],
//! these on [`store`] and [`files`], and those on [`clock`], [`ids`], [`config`], [`telemetry`], [`seal`] and [`error`].

pub mod auth;
pub mod client;
pub mod clock;
pub mod config;
pub mod error;
pub mod exports;
pub mod files;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod lambda;
pub mod platform;
pub mod seal;
pub mod server;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod webhooks;

pub use error::{Error, Problem, ServiceError};
pub use platform::Platform;
pub use service::Service;

/// Of every binary that links this crate. A request makes some hundred short-lived allocations,
/// most of them in the AWS SDK; the system's allocator spends a tenth of its time on them. Without huge pages (`no_thp`):
/// they would make a worker that makes a file a half larger, and nothing faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
