//! What is told to many sockets: made into JSON once.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::Error;

/// An event with its data. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) event: &'static str,
    data: Arc<RawValue>,
}

impl Packet {
    pub(crate) fn new(event: &'static str, data: &impl Serialize) -> Result<Self, Error> {
        Ok(Self { event, data: to_raw_value(data).map_err(Error::internal)?.into() })
    }

    /// The event's one argument, as Socket.IO takes it.
    pub(crate) fn argument(&self) -> (&RawValue,) {
        (&self.data,)
    }
}
