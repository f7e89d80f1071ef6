//! DynamoDB: tables, items, queries and transactions. The only place that knows its SDK.

mod action;
mod client;
mod counts;
mod failure;
mod item;
mod lease;
mod meter;
mod query;
mod table;
mod transact;

pub use action::Action;
pub use aws_config::SdkConfig;
pub use client::{AMAZON_ROOTS, Store, sdk_config};
pub use counts::minute_of;
pub use item::{Key, NumberSet, Stored, TextSet};
pub use lease::Lease;
pub use meter::{Meter, Usage};
pub use query::{Position, Query, Rows};
pub use table::{Found, Table};
pub use transact::{Commit, Transaction};
